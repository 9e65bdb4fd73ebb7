"""A purchase or a visit recorded at the till: foretold, booked once, and told why not; as without JavaScript."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain.accounts import open_account
from loyalty.domain.program import RuleDraft
from loyalty.engine import codes
from loyalty.models import ProgramVersion, Sale, SaleLine
from tests.members.counter import HTMX, Till, rows, run, words
from tests.pages import alerts, has_summary, links, refused, select, texts, undo_offers, value_of
from tests.world import NOW


class TestRecording:
    def test_it_asks_who_serves_whom_and_books(self, till: Till):
        till.book("1")
        with CaptureQueriesContext(connection) as queries:
            assert till.book("12.50").status_code == 302
        # Session, user, role with business, customer with terms; the latest sales, by which a slip is known; then the
        # booking, in a savepoint of the test.
        assert len(queries) == 4 + 1 + {"postgresql": 3, "sqlite": 12}[connection.vendor]

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

    def test_an_undone_receipt_can_be_recorded_again(self, till: Till):
        till.book("12.50", receipt="R-1")
        till.post("sale-undo", sale=Sale.objects.get().public_id)
        assert till.book("15", receipt="R-1").status_code == 302

    def test_the_next_card_may_be_scanned_into_the_amount(self, till: Till):
        account = open_account(business=till.world.business, at=NOW)
        response = till.book(codes.grouped(account.card_code))
        assert response.url == till.url("member", account=account.public_id)
        assert Sale.objects.count() == 0

    def test_somebody_elses_language_is_understood(self, till: Till):
        till.client.cookies["django_language"] = "hu"
        till.book("1 234,50", confirmed="123450")
        assert Sale.objects.get().total == 123_450


class TestTheSameForm:
    def test_it_books_once_and_shows_what_it_booked(self, till: Till):
        key = uuid4()
        first = till.book("12.50", key=key)
        after = rows()
        assert till.book("12.50", key=key).url == first.url
        assert rows() == after

    def test_a_second_time_it_says_so_and_offers_no_undo(self, till: Till):
        key = uuid4()
        till.client.get(till.book("12.50", key=key).url)
        again = till.book("12.50", key=key)
        assert (alerts(again), undo_offers(again)) == (["info"], [])
        assert "This was recorded already. Nothing was booked twice." in words(till.client.get(again.url))

    def test_with_other_content_it_is_refused(self, till: Till):
        key = uuid4()
        till.book("12.50", key=key)
        before = rows()
        response = till.book("99", key=key)
        assert (response.status_code, rows()) == (422, before)
        assert "This form was recorded before, with other content." in words(response)

    def test_and_can_be_sent_once_more_as_another_booking(self, till: Till):
        key = uuid4()
        till.book("12.50", key=key)
        fresh = value_of(till.book("99", key=key), "key")
        assert till.book("99", key=fresh).status_code == 302
        assert list(Sale.objects.order_by("pk").values_list("total", flat=True)) == [1250, 9900]


class TestRefused:
    @pytest.mark.parametrize(
        ("field", "typed", "code"),
        [
            ("amount", "", ""),
            ("amount", "abc", "not_a_number"),
            ("amount", "-3", "negative"),
            ("amount", "1.234", "too_many_decimals"),
            ("amount", "0", "least"),
            ("amount", "9" * 30, "too_large"),
            ("amount", "1e9", "not_a_number"),
            ("receipt", "x" * 61, "max_length"),
            ("receipt", "a\0", "null_characters_not_allowed"),
            ("key", "", "required"),
            ("key", "nonsense", "invalid"),
        ],
    )
    def test_a_refusal_changes_nothing_and_keeps_what_was_typed(self, till: Till, field, typed, code):
        before = rows()
        fields = {"amount": "12.50", field: typed}
        response = till.book(**fields)
        assert (response.status_code, rows()) == (422, before)
        assert (refused(response), has_summary(response)) == ({field: [code]}, True)
        assert value_of(response, "amount") == (fields["amount"] or None)

    def test_a_receipt_that_was_recorded_leads_to_its_sale(self, till: Till):
        till.book("12.50", receipt="R-1")
        first = Sale.objects.get()
        before = rows()
        response = till.book("12.50", receipt="R-1")
        assert (response.status_code, refused(response), rows()) == (422, {"receipt": [""]}, before)
        [notice] = texts(response, ".notice.warn")
        assert "This receipt was recorded before" in notice
        assert "€12.50 on Mar 10, 2026, 12:30:00 PM." in notice
        assert till.url("sale", sale=first.public_id) in links(response)

    def test_without_a_live_program_nothing_is_recorded(self, till: Till):
        ProgramVersion.objects.update(state="retired")
        before = rows()
        response = till.book()
        assert (response.status_code, rows()) == (422, before)

    def test_without_a_live_program_nothing_is_asked(self, till: Till):
        ProgramVersion.objects.update(state="retired")
        page = till.customer()
        assert not select(page, "[name=amount]")
        assert select(page, ".notice.warn")

    def test_nor_is_a_walk_in_recorded(self, till: Till):
        ProgramVersion.objects.update(state="retired")
        before = rows()
        response = till.post("walk-in", {"key": uuid4(), "amount": "3"})
        assert (response.status_code, rows()) == (422, before)
        assert "The program is not live yet: nothing can be recorded." in words(response)


class TestWhatWasBought:
    @pytest.fixture
    def tea(self, till: Till) -> Till:
        only = {"included_categories": ["tea"]}
        run(
            till.world,
            RuleDraft("points", "Tea only", "purchase", "per_amount", 1, per_amount=100, fields=only),
            RuleDraft("stamps", "A stamp each", "purchase", "per_item", 1, fields={"before_tax": True}),
        )
        return till

    def test_lines_are_recorded(self, tea: Till):
        tea.book(
            "20", before_tax="16", line0_item="Assam", line0_category="tea", line0_quantity="2", line0_amount="10",
            line1_item="Cake", line1_amount="5",
        )  # fmt: skip
        sale = Sale.objects.get()
        assert (sale.total, sale.total_before_tax) == (2000, 1600)
        assert list(SaleLine.objects.order_by("pk").values_list(
            "item", "category", "quantity_thousandths", "amount", "amount_before_tax"
        )) == [("Assam", "tea", 2000, 1000, 800), ("Cake", "", 1000, 500, 400)]  # fmt: skip

    def test_lines_earn_by_their_category(self, tea: Till):
        tea.book("20", line0_category="tea", line0_quantity="2", line0_amount="10", line1_item="Cake", line1_amount="5")
        assert rows()["held"] == 10 + 3

    def test_a_receipt_has_as_many_lines_as_are_typed(self, tea: Till):
        tea.book("", **{f"line{number}_amount": "1" for number in range(40)})
        assert (SaleLine.objects.count(), Sale.objects.get().total) == (40, 4000)

    def test_what_was_sent_stands_there_with_empty_lines_below(self, tea: Till):
        page = tea.book("x", line5_item="Assam", line5_amount="10")
        assert (page.status_code, len(select(page, ".till-line"))) == (422, 6 + 4)
        assert value_of(page, "line5_item") == "Assam"

    @pytest.mark.parametrize("place", ["customer", "walk-in"])
    def test_more_lines_are_asked_for_without_scripts(self, tea: Till, place: str):
        before, sent = rows(), {"amount": "20", "line3_item": "Assam", "line3_amount": "1.50", "more_lines": "1"}
        page = tea.book(**sent) if place == "customer" else tea.post("walk-in", {"key": uuid4(), **sent})
        assert (page.status_code, len(select(page, ".till-line")), rows()) == (200, 4 + 4, before)
        kept = {name: value_of(page, name) for name in ("amount", "line3_item", "line3_amount")}
        assert kept == {"amount": "20", "line3_item": "Assam", "line3_amount": "1.50"}

    def test_lines_alone_make_the_amount(self, tea: Till):
        tea.book("", line0_category="tea", line0_amount="10", line1_amount="2.50")
        assert Sale.objects.get().total == 1250

    @pytest.mark.parametrize(
        ("typed", "wrong"),
        [
            ({"line0_item": "Assam"}, {"line0_amount": [""]}),
            ({"line0_quantity": "2"}, {"line0_amount": [""]}),
            ({"line0_amount": "x"}, {"line0_amount": ["not_a_number"]}),
            ({"line0_amount": "1", "line0_quantity": "0"}, {"line0_quantity": ["least"]}),
            ({"before_tax": "13"}, {"before_tax": [""]}),
            ({"amount": "", "line0_amount": "0"}, {"amount": [""]}),
        ],
    )
    def test_what_does_not_fit_is_refused_where_it_can_be_seen(self, tea: Till, typed, wrong):
        before = rows()
        response = tea.book(**{"amount": "12.50", **typed})
        assert (response.status_code, refused(response), rows()) == (422, wrong, before)
        assert select(response, "details.till-fold[open]")

    def test_the_names_that_matter_are_offered(self, tea: Till):
        assert select(tea.customer(), "datalist option[value=tea]")

    def test_where_it_does_not_matter_nobody_is_asked(self, till: Till):
        page = till.customer()
        assert not select(page, "[name=line0_amount]")
        assert not select(page, "[name=before_tax]")


class TestForecast:
    def preview(self, till: Till, **fields: str):
        url = till.url("preview", account=till.world.member.account.public_id)
        return till.client.post(url, {"key": uuid4(), **fields}, headers=HTMX)

    def test_what_a_purchase_will_earn_and_make(self, till: Till):
        till.world.purchase(1000)
        response = self.preview(till, amount="12.50")
        assert texts(response, "strong") == ["+12 points", "+1 stamp"]
        assert [gain.then for gain in response.context["forecast"].gains] == ["22 points", "2 stamps"]

    def test_looking_books_nothing(self, till: Till):
        before = rows()
        self.preview(till, amount="12.50")
        assert rows() == before

    @pytest.mark.parametrize("amount", ["", "abc", "-1", "9" * 40])
    def test_what_is_not_yet_an_amount_says_nothing(self, till: Till, amount):
        response = self.preview(till, amount=amount)
        assert (response.status_code, words(response)) == (200, "")

    def test_a_visit_is_offered_with_what_it_earns(self, till: Till):
        run(till.world, RuleDraft("stamps", "A stamp", "visit", "flat", 1))
        assert texts(till.customer(), "button[name=visit] small") == ["+1 stamp"]

    def test_a_limit_of_the_day_is_told_beforehand(self, till: Till):
        run(till.world, RuleDraft("stamps", "A stamp", "visit", "flat", 1, fields={"limit_per_day": 1}))
        till.visit()
        assert words(self.preview(till, amount="5")) == "Today's limit of stamps is reached."

    def test_a_visit_beyond_the_limit_earns_nothing(self, till: Till):
        run(till.world, RuleDraft("stamps", "A stamp", "visit", "flat", 1, fields={"limit_per_day": 1}))
        till.visit()
        page = till.customer()
        assert texts(page, "button[name=visit] small") == []
        assert len(select(page, "form.till-visit .hint")) == len(page.context["visit"].limits) == 1

    def test_nothing_is_said_to_be_nothing(self, till: Till):
        rule = RuleDraft("points", "Large ones", "purchase", "per_amount", 1, per_amount=100, fields={"minimum": 5000})
        run(till.world, rule)
        assert words(self.preview(till, amount="5")) == "Earns nothing by the rules."

    def test_it_is_what_is_booked(self, till: Till):
        """For many amounts, what the preview says is what the receipt says."""
        steps = {"whole_steps": True}
        run(
            till.world,
            RuleDraft("points", "Points", "purchase", "per_amount", 3, per_amount=250, fields=steps),
            RuleDraft("stamps", "A stamp", "purchase", "flat", 1, fields={"limit_per_day": 2}),
        )
        for amount in ("1", "2.50", "9.99", "100"):
            foretold = self.preview(till, amount=amount).context["forecast"]
            booked = till.client.get(till.book(amount).url).context["booked"]
            assert [gain.words for gain in foretold.gains] == booked.earned
            assert foretold.limits == booked.limits
