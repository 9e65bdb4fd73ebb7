"""A sale after it was recorded: receipt, undo, refund; as without JavaScript."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain import program
from loyalty.domain.accounts import open_account
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.domain.sale_input import SaleInput
from loyalty.models import Refund, Sale, SaleSource, UnitKind
from members.domain import counter
from members.models import Member
from tests.members.counter import Till, rows, words
from tests.world import NOW

MINUTES = 60


def booked(till: Till, amount: str = "12.50", **more: object) -> Sale:
    till.book(amount, **more)
    return Sale.objects.order_by("-pk").first()


def receipt(till: Till, sale: Sale):
    return till.get("sale", sale=sale.public_id)


def refund(till: Till, sale: Sale, amount: str, key: object = None):
    return till.post("refund", {"key": key or uuid4(), "amount": amount}, sale=sale.public_id)


class TestReceipt:
    def test_what_was_earned_and_why_and_what_there_is_now(self, till: Till):
        said = words(receipt(till, booked(till, receipt="R-1")))
        assert "€12.50 Mia Moon · Mar 10, 2026, 12:30 PM · Cleo · receipt R-1" in said
        assert "+12 points +1 stamp" in said
        assert (
            "Why? 1 point per 1.00 12 points €12.50 of this purchase counts. 1 point for every €1.00: 12.5 points. "
            "Rounded down to whole points. A stamp per visit 1 stamp" in said
        )
        assert "12 points +12 38 more for Free coffee" in said
        assert "1 stamp +1" in said

    def test_the_next_customer_comes_first_while_it_is_new(self, till: Till, clock):
        sale = booked(till)
        page = receipt(till, sale).content.decode()
        assert page.index("Next customer") < page.index("till-receipt")
        assert "autofocus" in page
        clock.shift(61)
        page = receipt(till, sale).content.decode()
        assert page.index("Next customer") > page.index("till-receipt")
        assert "autofocus" not in page
        assert "till-fresh" not in page

    def test_a_reward_can_be_given_from_it(self, till: Till):
        assert "Free coffee 50 points Give" in words(receipt(till, booked(till, "60")))

    def test_a_walk_in(self, till: Till):
        till.post("walk-in", {"key": uuid4(), "amount": "3"})
        assert "€3.00 Walk-in · Mar 10, 2026, 12:30 PM · Cleo Recorded without a member." in words(
            receipt(till, Sale.objects.get())
        )

    def test_nothing_earned_shows_the_rules(self, till: Till):
        run(till, RuleDraft("points", "Large", "purchase", "per_amount", 1, per_amount=100, fields={"minimum": 5000}))
        said = words(receipt(till, booked(till)))
        assert "Nothing earned The rules are: 1 point for every €1.00 spent, from a purchase of €50.00" in said

    def test_a_limit_of_the_day_is_told(self, till: Till):
        run(
            till,
            RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100, fields={"limit_per_day": 15}),
            RuleDraft("stamps", "A stamp", "purchase", "flat", 1, fields={"limit_per_day": 1}),
        )
        assert "limit" not in words(receipt(till, booked(till)))
        second = words(receipt(till, booked(till)))
        assert "The most that can be earned in one day was reached: 3 points." in second
        assert "Today's limit of stamps is reached." in second
        assert "Today's limit of points" not in second
        assert "Nothing earned Today's limit of points is reached." in words(receipt(till, booked(till)))

    def test_rules_that_changed_since_explain_nothing(self, till: Till, clock):
        run(till, RuleDraft("stamps", "A stamp", "purchase", "flat", 1, fields={"limit_per_day": 1}))
        booked(till)
        limited = booked(till)
        clock.shift(1)
        run(till, RuleDraft("stamps", "A stamp", "purchase", "flat", 1, fields={"limit_per_day": 5}), late=True)
        assert receipt(till, limited).context["booked"].limits == []

    @pytest.mark.parametrize("whose", ["foreign", "nobody"])
    def test_there_is_no_other(self, till: Till, whose):
        owner = till.world.other_business.staff.get()
        by = till.world.at_counter()
        sale = counter.record(
            business=owner.business, account=None, by=by, at=NOW,
            sale=SaleInput(key="k", at=NOW, total=100, total_before_tax=100),
        ).sale  # fmt: skip
        public_id = sale.public_id if whose == "foreign" else uuid4()
        before = rows()
        for name in ("sale", "refund"):
            assert till.get(name, sale=public_id).status_code == 404
        for name in ("sale-undo", "refund"):
            assert till.post(name, {"key": uuid4(), "amount": "1"}, sale=public_id).status_code == 404
        assert rows() == before

    @pytest.mark.parametrize("refunds", [1, 3])
    def test_its_queries_do_not_grow(self, till: Till, refunds):
        sale = booked(till)
        for _ in range(refunds):
            refund(till, sale, "1")
        receipt(till, sale)
        with CaptureQueriesContext(connection) as queries:
            receipt(till, sale)
        assert len(queries) == 18


class TestUndo:
    def test_a_slip_is_undone_and_the_member_is_served_anew(self, till: Till):
        sale = booked(till)
        response = till.post("sale-undo", sale=sale.public_id)
        assert response.url == till.url("member", account=till.world.member.account.public_id)
        assert rows()["held"] == 0
        assert "Undone. It is as if it had never been recorded." in words(till.client.get(response.url))
        assert "Taken back on Mar 10, 2026, 12:30:00 PM." in words(receipt(till, sale))
        after = rows()
        assert till.post("sale-undo", {"back": "home"}, sale=sale.public_id).url == till.url()
        assert rows() | {"ViewLog": 0} == after | {"ViewLog": 0}

    def test_a_toast_offers_it(self, till: Till):
        sale = booked(till)
        page = receipt(till, sale).content.decode()
        assert page.count(f'action="{till.url("sale-undo", sale=sale.public_id)}"') == 2
        assert "Recorded: €12.50" in page

    def test_after_the_minutes_a_cashier_is_told_what_to_do(self, till: Till, manager: Till, clock):
        sale = booked(till)
        clock.shift(15 * MINUTES + 1)
        receipt(till, sale)
        assert "Undo" not in words(receipt(till, sale))
        before = rows()
        response = till.post("sale-undo", sale=sale.public_id)
        assert (response.status_code, rows()) == (422, before)
        said = "Not undone It can be undone for 15 minutes, and they are over. Record a refund, or ask a manager"
        assert said in words(response)
        assert "Undo" in words(receipt(manager, sale))
        assert manager.post("sale-undo", sale=sale.public_id).status_code == 302
        assert rows()["held"] == 0

    def test_what_was_not_recorded_here_is_not_undone_here(self, manager: Till):
        world = manager.world
        bought = SaleInput(key="k", at=NOW, total=100, total_before_tax=100, source=SaleSource.IMPORT)
        sale = counter.record(
            business=world.business, account=world.member.account, sale=bought, by=world.at_counter(), at=NOW
        ).sale
        before = rows()
        response = manager.post("sale-undo", sale=sale.public_id)
        assert (response.status_code, rows()) == (422, before)
        assert "This sale was not recorded at the till." in words(response)

    def test_a_get_undoes_nothing(self, till: Till):
        sale = booked(till)
        assert till.get("sale-undo", sale=sale.public_id).status_code == 405


class TestRefund:
    def test_a_part_then_the_rest(self, till: Till):
        sale = booked(till)
        assert 'value="12.50"' in till.get("refund", sale=sale.public_id).content.decode()
        response = refund(till, sale, "2.50")
        assert response.url == till.url("sale", sale=sale.public_id)
        assert "€2.50 given back on Mar 10, 2026" in words(till.client.get(response.url))
        assert rows()["held"] == 11
        assert "€10.00 can be given back." in words(till.get("refund", sale=sale.public_id))
        refund(till, sale, "10")
        assert rows()["held"] == 0
        assert "Nothing is left to give back of this sale." in words(till.get("refund", sale=sale.public_id))

    def test_the_same_form_refunds_once(self, till: Till):
        sale, key = booked(till), uuid4()
        refund(till, sale, "2.50", key)
        refund(till, sale, "2.50", key)
        assert Refund.objects.count() == 1

    @pytest.mark.parametrize("amount", ["2.50", "12.50"])
    def test_a_lost_answer_is_given_again(self, till: Till, amount: str):
        sale, key = booked(till), uuid4()
        first = refund(till, sale, amount, key)
        again = refund(till, sale, amount, key)
        assert (first.status_code, first["Location"]) == (302, till.url("sale", sale=sale.public_id))
        assert (again.status_code, again["Location"], again.content) == (302, first["Location"], first.content)

    def test_more_than_is_left_is_refused_with_what_is_left(self, till: Till):
        sale = booked(till)
        refund(till, sale, "2.50")
        before = rows()
        response = refund(till, sale, "10.01")
        assert (response.status_code, rows()) == (422, before)
        assert "Enter at most 10.00." in words(response)

    @pytest.mark.parametrize(
        ("amount", "message"),
        [
            ("", "Enter what was given back."),
            ("0", "Enter at least 0.01."),
            ("12.51", "Enter at most 12.50."),
            ("x", "Enter a number such as 12.50."),
        ],
    )
    def test_what_cannot_be_given_back_is_refused(self, till: Till, amount, message):
        sale = booked(till)
        before = rows()
        response = refund(till, sale, amount)
        assert (response.status_code, rows()) == (422, before)
        assert message in words(response)

    def test_of_an_undone_sale_nothing(self, till: Till):
        sale = booked(till)
        till.post("sale-undo", sale=sale.public_id)
        before = rows()
        assert refund(till, sale, "1").status_code == 422
        assert rows() == before

    def test_tomorrow_only_a_manager(self, till: Till, manager: Till, clock):
        sale = booked(till)
        clock.shift(24 * 60 * MINUTES)
        before = rows()
        assert "Refund" not in words(receipt(till, sale))
        response = refund(till, sale, "1")
        assert (response.status_code, rows()) == (422, before)
        assert "A cashier refunds on the day of the sale. Ask a manager." in words(response)
        assert refund(manager, sale, "1").status_code == 302


@pytest.mark.parametrize("act", ["undo", "refund"])
def test_ones_own_sale_is_left_to_a_colleague(till: Till, act):
    sale = booked(till)
    Member.objects.filter(pk=till.world.member.pk).update(user=till.world.cashier)
    before = rows()
    response = till.post("sale-undo", sale=sale.public_id) if act == "undo" else refund(till, sale, "1")
    assert (response.status_code, rows()) == (403, before)
    assert "This is your own membership. A colleague has to do this for you." in words(response)


def test_a_card_without_a_name_has_receipts_as_well(till: Till):
    account = open_account(business=till.world.business, at=NOW)
    assert "€12.50 No name yet" in words(receipt(till, booked(till, account=account)))


def run(till: Till, *rules: RuleDraft, late: bool = False) -> None:
    """Take other rules live."""
    from django.utils import timezone

    world, at = till.world, timezone.now() if late else NOW
    units = [
        UnitDraft("points", UnitKind.POINTS, "points", "point"),
        UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=10),
    ]
    by = world.at_console()
    program.draft(business=world.business, name="Club", units=units, rules=rules, by=by, at=at)
    program.go_live(business=world.business, by=by, at=at)
