"""A customer at the till: shown, served, and told why not; as without JavaScript."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain import program
from loyalty.domain.accounts import open_account
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.engine import codes
from loyalty.models import Account, ProgramVersion, Sale, SaleLine, UnitKind
from members.domain import counter
from members.models import Member, ViewLog
from rewards.domain import catalogue, redemptions
from rewards.domain.catalogue import RewardDetails
from tests.members.counter import HTMX, Till, rows, words
from tests.world import NOW, World


def page(till: Till, account: Account | None = None):
    return till.get("member", account=(account or till.world.member.account).public_id)


def run(world: World, *rules: RuleDraft, **points: object) -> None:
    """Take other rules live; points: other columns of that unit."""
    units = [
        UnitDraft("points", UnitKind.POINTS, "points", "point", **points),
        UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=10),
    ]
    by = world.at_console()
    program.draft(business=world.business, name="Club", units=units, rules=rules, by=by, at=NOW)
    program.go_live(business=world.business, by=by, at=NOW)


def hand_out(till: Till, reward, key=None, account: Account | None = None):
    account = account or till.world.member.account
    return till.post("hand-out", {"key": key or uuid4()}, account=account.public_id, reward=reward.public_id)


class TestShown:
    def test_name_card_balance_and_what_can_be_had(self, till: Till):
        till.world.purchase(6000)
        said = words(page(till))
        assert "Mia Moon" in said
        assert codes.grouped(till.world.member.account.card_code) in said
        assert "60 points" in said
        assert "1 stamp" in said
        assert "Free coffee 50 points Give" in said
        assert "Last time 2 hours ago €60.00" in said

    def test_the_way_to_the_next_reward(self, till: Till):
        till.world.purchase(3000)
        assert "20 more for Free coffee" in words(page(till))

    def test_vouchers_and_what_runs_out(self, till: Till):
        world = till.world
        rule = RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100)
        run(world, rule, expiry="days", expiry_count=20)
        world.purchase(6000)
        redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW)
        said = words(page(till))
        assert "Vouchers to hand over Free coffee good until Apr 9, 2026" in said
        assert "Runs out soon 10 points on Mar 30, 2026" in said

    def test_opening_it_is_noted_once(self, till: Till):
        page(till)
        look = ViewLog.objects.get()
        assert (look.member, look.user, look.page, look.rows) == (
            till.world.member, till.world.cashier, "members:counter-member", 1,
        )  # fmt: skip
        till.client.head(till.url("member", account=till.world.member.account.public_id))
        till.book("abc")
        assert ViewLog.objects.count() == 1

    def test_a_card_without_a_name_invites_to_add_one(self, till: Till):
        account = open_account(business=till.world.business, at=NOW, customer_number="C-17")
        response = page(till, account)
        assert "No name yet" in words(response)
        assert "customer C-17" in words(response)
        assert till.url("enrol") + f"?account={account.public_id}" in response.content.decode()
        assert ViewLog.objects.count() == 0

    @pytest.mark.parametrize("whose", ["foreign", "closed", "nobody"])
    def test_there_is_nobody_else(self, till: Till, whose):
        account = till.world.other_member.account
        if whose == "closed":
            account = till.world.member.account
            Account.objects.filter(pk=account.pk).update(closed_at=NOW)
        public_id = uuid4() if whose == "nobody" else account.public_id
        before = rows()
        assert till.get("member", account=public_id).status_code == 404
        assert till.post("member", {"key": uuid4(), "amount": "1"}, account=public_id).status_code == 404
        assert till.post("preview", {"amount": "1"}, account=public_id).status_code == 404
        assert till.post("hand-out", account=public_id, reward=till.world.reward.public_id).status_code == 404
        assert rows() == before

    @pytest.mark.parametrize("things", [1, 3])
    def test_its_queries_do_not_grow(self, till: Till, things):
        world = till.world
        for number in range(things):
            world.purchase(20_000)
            details = RewardDetails(name=f"Mug {number}", unit=world.points, cost=10, per_member=9)
            mug = catalogue.create(business=world.business, details=details, by=world.at_console(), at=NOW)
            account, by = world.member.account, world.at_counter()
            redemptions.redeem(reward=mug, account=account, key=f"{number}", by=by, at=NOW)
        page(till)
        with CaptureQueriesContext(connection) as queries:
            page(till)
        assert len(queries) == 13


class TestRecording:
    def test_it_asks_who_serves_whom_and_books(self, till: Till):
        till.book("1")
        with CaptureQueriesContext(connection) as queries:
            assert till.book("12.50").status_code == 302
        # Session, user, role with business, customer with terms; then the booking, in a savepoint of the test.
        assert len(queries) == 4 + {"postgresql": 3, "sqlite": 12}[connection.vendor]

    def test_a_purchase_goes_to_its_receipt(self, till: Till):
        response = till.book("12,50", receipt="R-1")
        sale = Sale.objects.get()
        assert (sale.total, sale.receipt, sale.staff, sale.source, sale.is_visit) == (
            1250, "R-1", till.world.cashier_role, "counter", False,
        )  # fmt: skip
        assert response.url == till.url("sale", sale=sale.public_id)
        assert rows()["held"] == 13

    def test_a_visit_earns_a_stamp(self, till: Till):
        till.visit()
        assert (Sale.objects.get().is_visit, Sale.objects.get().total, rows()["held"]) == (True, 0, 1)

    def test_the_same_form_books_once_and_shows_what_it_booked(self, till: Till):
        key = uuid4()
        first = till.book("12.50", key=key)
        after = rows()
        assert till.book("12.50", key=key).url == first.url
        assert rows() == after
        assert "This was recorded already. Nothing was booked twice." in words(till.client.get(first.url))

    def test_a_form_sent_again_with_other_content_says_so_and_can_be_sent_once_more(self, till: Till):
        key = uuid4()
        till.book("12.50", key=key)
        before = rows()
        response = till.book("99", key=key)
        assert (response.status_code, rows()) == (422, before)
        assert "This form was recorded before, with other content." in words(response)
        fresh = re.search(r'name="key" value="([^"]+)"', response.content.decode()).group(1)
        assert till.book("99", key=fresh).status_code == 302
        assert list(Sale.objects.order_by("pk").values_list("total", flat=True)) == [1250, 9900]

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"amount": ""}, "Enter what was paid."),
            ({"amount": "abc"}, "Enter a number such as 12.50."),
            ({"amount": "-3"}, "Enter a number without a minus sign."),
            ({"amount": "1.234"}, "Enter a number with at most 2 decimals."),
            ({"amount": "0"}, "Enter at least 0.01."),
            ({"amount": "9" * 30}, "The number is too large."),
            ({"amount": "1e9"}, "Enter a number such as 12.50."),
            ({"receipt": "x" * 61}, "Ensure this value has at most 60 characters (it has 61)."),
            ({"receipt": "a\0"}, "Null characters are not allowed."),
            ({"key": ""}, "This page is too old. Please try once more."),
            ({"key": "nonsense"}, "This page is too old. Please try once more."),
        ],
    )
    def test_a_refusal_changes_nothing_and_keeps_what_was_typed(self, till: Till, fields, message):
        before = rows()
        response = till.book(**{"amount": "12.50", **fields})
        assert (response.status_code, rows()) == (422, before)
        assert message in words(response)
        assert "There is a problem" in words(response)
        assert f'value="{fields.get("amount", "12.50")}"' in response.content.decode() or fields.get("amount") == ""

    def test_a_receipt_that_was_recorded_is_refused_with_the_way_to_it(self, till: Till):
        till.book("12.50", receipt="R-1")
        first = Sale.objects.get()
        before = rows()
        response = till.book("12.50", receipt="R-1")
        assert (response.status_code, rows()) == (422, before)
        assert "This receipt was recorded before €12.50 on Mar 10, 2026, 12:30:00 PM." in words(response)
        assert till.url("sale", sale=first.public_id) in response.content.decode()

    def test_an_undone_receipt_can_be_recorded_again(self, till: Till):
        till.book("12.50", receipt="R-1")
        till.post("sale-undo", sale=Sale.objects.get().public_id)
        assert till.book("15", receipt="R-1").status_code == 302

    def test_the_next_card_may_be_scanned_into_the_amount(self, till: Till):
        account = open_account(business=till.world.business, at=NOW)
        response = till.book(codes.grouped(account.card_code))
        assert response.url == till.url("member", account=account.public_id)
        assert Sale.objects.count() == 0

    def test_without_a_live_program_nothing_is_recorded(self, till: Till):
        ProgramVersion.objects.update(state="retired")
        before = rows()
        assert "The program is not live yet" in words(page(till))
        response = till.book()
        assert (response.status_code, rows() | {"ViewLog": 0}) == (422, before)
        response = till.post("walk-in", {"key": uuid4(), "amount": "3"})
        assert "The program is not live yet: nothing can be recorded." in words(response)

    def test_somebody_elses_language_is_understood(self, till: Till):
        till.client.cookies["django_language"] = "hu"
        till.book("1 234,50")
        assert Sale.objects.get().total == 123_450


class TestWhatWasBought:
    @pytest.fixture
    def tea(self, till: Till) -> Till:
        run(
            till.world,
            RuleDraft(
                "points",
                "Tea only",
                "purchase",
                "per_amount",
                1,
                per_amount=100,
                fields={"included_categories": ["tea"]},
            ),
            RuleDraft("stamps", "A stamp each", "purchase", "per_item", 1, fields={"before_tax": True}),
        )
        return till

    def test_lines_are_recorded_and_earn_by_their_category(self, tea: Till):
        tea.book(
            "20", before_tax="16", line0_item="Assam", line0_category="tea", line0_quantity="2", line0_amount="10",
            line1_item="Cake", line1_amount="5",
        )  # fmt: skip
        sale = Sale.objects.get()
        assert (sale.total, sale.total_before_tax) == (2000, 1600)
        assert list(SaleLine.objects.order_by("pk").values_list(
            "item", "category", "quantity_thousandths", "amount", "amount_before_tax"
        )) == [("Assam", "tea", 2000, 1000, 800), ("Cake", "", 1000, 500, 400)]  # fmt: skip
        assert rows()["held"] == 10 + 3

    def test_lines_alone_make_the_amount(self, tea: Till):
        tea.book("", line0_category="tea", line0_amount="10", line1_amount="2.50")
        assert Sale.objects.get().total == 1250

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"line0_item": "Assam"}, "Enter what was paid for this."),
            ({"line0_quantity": "2"}, "Enter what was paid for this."),
            ({"line0_amount": "x"}, "Enter a number such as 12.50."),
            ({"line0_amount": "1", "line0_quantity": "0"}, "Enter at least 0.001."),
            ({"before_tax": "13"}, "This is more than was paid."),
            ({"amount": "", "line0_amount": "0"}, "Enter what was paid."),
        ],
    )
    def test_what_does_not_fit_is_refused(self, tea: Till, fields, message):
        before = rows()
        response = tea.book(**{"amount": "12.50", **fields})
        assert (response.status_code, rows()) == (422, before)
        assert message in words(response)
        assert '<details class="till-fold" open>' in response.content.decode() or "line0_amount" in fields

    def test_the_names_that_matter_are_offered(self, tea: Till):
        assert '<option value="tea">' in page(tea).content.decode()

    def test_where_it_does_not_matter_nobody_is_asked(self, till: Till):
        assert "line0" not in page(till).content.decode()
        assert "before_tax" not in page(till).content.decode()


class TestForecast:
    def preview(self, till: Till, **fields: str):
        url = till.url("preview", account=till.world.member.account.public_id)
        return till.client.post(url, {"key": uuid4(), **fields}, headers=HTMX)

    def test_what_a_purchase_will_earn(self, till: Till):
        till.world.purchase(1000)
        before = rows()
        assert words(self.preview(till, amount="12.50")) == "+12 points makes 22 points +1 stamp makes 2 stamps"
        assert rows() == before

    @pytest.mark.parametrize("amount", ["", "abc", "-1", "9" * 40])
    def test_what_is_not_yet_an_amount_says_nothing(self, till: Till, amount):
        response = self.preview(till, amount=amount)
        assert (response.status_code, words(response)) == (200, "")

    def test_a_limit_of_the_day_is_told_beforehand(self, till: Till):
        run(till.world, RuleDraft("stamps", "A stamp", "visit", "flat", 1, fields={"limit_per_day": 1}))
        assert "Just a visit +1 stamp" in words(page(till))
        till.visit()
        assert words(self.preview(till, amount="5")) == "Today's limit of stamps is reached."
        assert "Just a visit Today's limit of stamps is reached." in words(page(till))

    def test_nothing_is_said_to_be_nothing(self, till: Till):
        rule = RuleDraft("points", "Large ones", "purchase", "per_amount", 1, per_amount=100, fields={"minimum": 5000})
        run(till.world, rule)
        assert words(self.preview(till, amount="5")) == "Earns nothing by the rules."


class TestHandingOut:
    def test_a_reward_is_paid_and_handed_over(self, till: Till):
        till.world.purchase(6000)
        response = hand_out(till, till.world.reward)
        said = words(till.client.get(response.url))
        assert response.status_code == 302
        assert "Hand it over now" in said
        assert "10 points" in said

    def test_the_same_form_hands_out_once(self, till: Till):
        till.world.purchase(12_000)
        key = uuid4()
        first = hand_out(till, till.world.reward, key)
        after = rows()
        assert hand_out(till, till.world.reward, key).url == first.url
        assert rows() == after

    def test_every_refusal_says_what_is_the_matter(self, till: Till):
        world = till.world

        def refused(reward, message, key=None):
            before = rows()
            response = hand_out(till, reward, key)
            assert (response.status_code, rows()) == (422, before)
            assert message in words(response)

        def add(**fields):
            details = RewardDetails(name="Mug", unit=world.points, cost=10, **fields)
            return catalogue.create(business=world.business, details=details, by=world.at_console(), at=NOW)

        world.purchase(4500)
        refused(world.reward, "5 points are missing for Free coffee.")
        refused(add(stock=0), "Mug is sold out: the last one was just taken.")
        refused(add(available_to=NOW.date() - timedelta(days=1)), "Mug is not in the catalogue today.")
        mug, key = add(per_member=1), uuid4()
        hand_out(till, mug, key)
        refused(mug, "This customer has had Mug as often as one member may.")
        refused(world.reward, "This page is too old. Please try once more.", key)
        refused(world.reward, "This page is too old. Please try once more.", "nonsense")

    def test_a_reward_of_another_business_is_not_there(self, till: Till):
        till.world.purchase(6000)
        before = rows()
        assert hand_out(till, till.world.other_reward).status_code == 404
        assert rows() == before


class TestOneself:
    @pytest.fixture
    def own(self, till: Till) -> Till:
        Member.objects.filter(pk=till.world.member.pk).update(user=till.world.cashier)
        till.world.member.refresh_from_db()
        return till

    def test_the_page_says_who_has_to_do_it(self, own: Till):
        page_ = page(own)
        assert "A colleague records your purchases and hands out your rewards." in words(page_)
        assert 'name="amount"' not in page_.content.decode()
        assert ViewLog.objects.count() == 0

    @pytest.mark.parametrize("act", ["purchase", "visit", "reward"])
    def test_a_form_of_ones_own_is_refused(self, own: Till, act):
        acts = {"purchase": own.book, "visit": own.visit, "reward": lambda: hand_out(own, own.world.reward)}
        before = rows()
        response = acts[act]()
        assert (response.status_code, rows()) == (403, before)
        assert "This is your own membership" in words(response)

    def test_without_the_check_it_would_be_booked(self, own: Till, monkeypatch):
        from members.domain import visits

        monkeypatch.setattr(visits, "check_not_own", lambda member, by: None)
        assert own.book().status_code == 302


def test_the_forecast_is_what_is_booked(till: Till):
    """For many amounts, what the preview says is what the receipt says."""
    run(
        till.world,
        RuleDraft("points", "Points", "purchase", "per_amount", 3, per_amount=250, fields={"whole_steps": True}),
        RuleDraft("stamps", "A stamp", "purchase", "flat", 1, fields={"limit_per_day": 2}),
    )
    account = till.world.member.account.public_id
    for amount in ("1", "2.50", "9.99", "100"):
        foretold = till.post("preview", {"key": uuid4(), "amount": amount}, account=account).context.get("forecast")
        booked = till.client.get(till.book(amount).url).context["booked"]
        assert [gain.words for gain in foretold.gains] == booked.earned
        assert foretold.limits == booked.limits


def test_who_has_no_person_is_known_from_the_day_of_the_account(world: World):
    account = open_account(business=world.business, at=NOW)
    assert counter.facts_of(account).joined_on == NOW.date()
    assert counter.facts_of(None).joined_on is None
