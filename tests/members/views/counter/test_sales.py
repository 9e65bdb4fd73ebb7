"""A sale after it was recorded: its receipt, and taking it back; as without JavaScript."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from loyalty.domain.accounts import open_account
from loyalty.domain.program import RuleDraft
from loyalty.domain.sale_input import SaleInput
from loyalty.engine.amounts import parse_amount
from loyalty.models import Sale, SaleSource
from members.domain import counter
from members.models import Member
from tests.members.counter import Till, rows, run, words
from tests.pages import actions, alerts, has_summary, links, select, texts, undo_offers
from tests.world import NOW

MINUTE = timedelta(minutes=1)


def booked(till: Till, amount: str = "12.50", **more: object) -> Sale:
    meant = parse_amount(amount, currency="EUR", locale="en")
    till.book(amount, confirmed=meant, **more)
    return Sale.objects.order_by("-pk").first()


def receipt(till: Till, sale: Sale) -> HttpResponse:
    return till.get("sale", sale=sale.public_id)


class TestReceipt:
    def test_what_was_paid_by_whom_and_when(self, till: Till):
        page = receipt(till, booked(till, receipt="R-1"))
        assert texts(page, ".till-done h1") == ["€12.50"]
        assert texts(page, ".till-done time") == ["Mar 10, 2026, 12:30 PM"]
        said = texts(page, ".till-done p")[0]
        assert [each for each in ("Mia Moon", "Cleo", "R-1") if each not in said] == []
        assert till.url("member", account=till.world.member.account.public_id) in links(page)

    def test_what_was_earned(self, till: Till):
        assert texts(receipt(till, booked(till)), ".till-earned strong") == ["+12 points", "+1 stamp"]

    def test_why_it_was_earned(self, till: Till):
        page = receipt(till, booked(till))
        titles, amounts = texts(page, ".till-why dt"), texts(page, ".till-why dd strong")
        assert dict(zip(titles, amounts, strict=True)) == {
            "1 point per 1.00": "12 points",
            "A stamp per visit": "1 stamp",
        }
        steps = [step for reason in page.context["booked"].why for step in reason.steps]
        assert texts(page, ".till-why dd span") == steps
        assert "€12.50" in steps[0]

    def test_what_there_is_now_and_what_is_new_of_it(self, till: Till):
        page = receipt(till, booked(till))
        assert texts(page, ".till-balances .balance") == ["12 points +12", "1 stamp +1"]
        assert texts(page, ".till-fresh") == ["+12", "+1"]

    def test_the_way_to_the_next_reward(self, till: Till):
        [bar] = select(receipt(till, booked(till)), ".till-balances progress")
        assert (bar["value"], bar["max"]) == ("12", "50")

    def test_a_reward_can_be_given_from_it(self, till: Till):
        world = till.world
        give = till.url("hand-out", account=world.member.account.public_id, reward=world.reward.public_id)
        assert give in actions(receipt(till, booked(till, "60")))

    def test_a_walk_in_earns_nothing(self, till: Till):
        till.post("walk-in", {"key": uuid4(), "amount": "3"})
        page = receipt(till, Sale.objects.get())
        assert texts(page, ".till-done h1") == ["€3.00"]
        assert "Cleo" in texts(page, ".till-done p")[0]
        assert "Recorded without a member." in words(page)
        assert not select(page, ".till-balances")

    def test_a_card_without_a_name_has_receipts_as_well(self, till: Till):
        account = open_account(business=till.world.business, at=NOW)
        page = receipt(till, booked(till, account=account))
        assert till.url("member", account=account.public_id) in links(page)
        assert texts(page, ".till-earned strong") == ["+12 points", "+1 stamp"]

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
            till.post("refund", {"key": uuid4(), "amount": "1"}, sale=sale.public_id)
        receipt(till, sale)
        with CaptureQueriesContext(connection) as queries:
            receipt(till, sale)
        assert len(queries) == 18


class TestTheNextCustomer:
    def order(self, page: HttpResponse) -> list[str]:
        found = [each["class"].split()[-1] for each in select(page, "main [class]")]
        return [name for name in found if name in ("till-next", "till-receipt")]

    def test_comes_first_while_the_sale_is_new(self, till: Till):
        page = receipt(till, booked(till))
        assert self.order(page) == ["till-next", "till-receipt"]
        assert select(page, "[autofocus]")

    def test_comes_last_once_it_is_old(self, till: Till, clock):
        sale = booked(till)
        clock.shift(61)
        page = receipt(till, sale)
        assert self.order(page) == ["till-receipt", "till-next"]
        assert not select(page, "[autofocus]")

    def test_what_is_old_is_not_shown_as_new(self, till: Till, clock):
        sale = booked(till)
        clock.shift(61)
        assert not select(receipt(till, sale), ".till-fresh")


class TestNothingEarned:
    def test_the_rules_say_why(self, till: Till):
        large = {"minimum": 5000}
        run(till.world, RuleDraft("points", "Large", "purchase", "per_amount", 1, per_amount=100, fields=large))
        page = receipt(till, booked(till))
        assert select(page, ".till-earned.none")
        assert texts(page, ".till-rules li") == page.context["booked"].page.terms.in_words()
        assert "€50.00" in texts(page, ".till-rules")[0]

    @pytest.fixture
    def limited(self, till: Till) -> Till:
        """A till at which a day gives 15 points and a stamp at most."""
        run(
            till.world,
            RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100, fields={"limit_per_day": 15}),
            RuleDraft("stamps", "A stamp", "purchase", "flat", 1, fields={"limit_per_day": 1}),
        )
        return till

    def test_a_limit_that_is_not_reached_is_not_told(self, limited: Till):
        page = receipt(limited, booked(limited))
        assert not select(page, ".till-limit")
        assert "limit" not in words(page)

    def test_of_a_unit_that_is_cut_the_reasons_tell_of_another_the_limit(self, limited: Till):
        booked(limited)
        page = receipt(limited, booked(limited))
        assert texts(page, ".till-earned strong") == ["+3 points"]
        [limit] = texts(page, ".till-limit")
        assert ("stamps" in limit, "points" in limit) == (True, False)
        assert "3 points" in texts(page, ".till-why dd span")[-1]

    def test_of_nothing_at_all_the_limits_tell_instead_of_the_rules(self, limited: Till):
        for _ in range(2):
            booked(limited)
        page = receipt(limited, booked(limited))
        assert select(page, ".till-earned.none")
        assert not select(page, ".till-rules")
        of_points, of_stamps = texts(page, ".till-limit")
        assert ("points" in of_points, "stamps" in of_stamps) == (True, True)

    def test_rules_that_changed_since_explain_nothing(self, till: Till, clock):
        run(till.world, RuleDraft("stamps", "A stamp", "purchase", "flat", 1, fields={"limit_per_day": 1}))
        booked(till)
        limited = booked(till)
        clock.shift(1)
        more = RuleDraft("stamps", "A stamp", "purchase", "flat", 1, fields={"limit_per_day": 5})
        run(till.world, more, at=timezone.now())
        assert receipt(till, limited).context["booked"].limits == []


class TestUndo:
    def test_a_slip_is_undone_and_the_member_is_served_anew(self, till: Till):
        sale = booked(till)
        response = till.post("sale-undo", sale=sale.public_id)
        assert response.url == till.url("member", account=till.world.member.account.public_id)
        assert (alerts(response)[-1], rows()["held"]) == ("success", 0)

    def test_that_it_is_undone_is_said(self, till: Till):
        response = till.post("sale-undo", sale=booked(till).public_id)
        assert "Undone. It is as if it had never been recorded." in words(till.client.get(response.url))

    def test_its_receipt_says_when(self, till: Till):
        sale = booked(till)
        till.post("sale-undo", sale=sale.public_id)
        page = receipt(till, sale)
        assert select(page, ".till-receipt.undone")
        assert "Taken back on Mar 10, 2026, 12:30:00 PM." in words(page)

    def test_undone_again_nothing_changes(self, till: Till):
        sale = booked(till)
        till.post("sale-undo", sale=sale.public_id)
        after = rows()
        till.post("sale-undo", sale=sale.public_id)
        assert rows() == after

    def test_from_the_first_page_it_leads_back_there(self, till: Till):
        assert till.post("sale-undo", {"back": "home"}, sale=booked(till).public_id).url == till.url()

    def test_a_toast_offers_it_beside_the_receipt(self, till: Till):
        response = till.book()
        undo = till.url("sale-undo", sale=Sale.objects.get().public_id)
        assert undo_offers(response) == [undo]
        page = till.client.get(response.url)
        assert actions(page).count(undo) == 2
        assert "€12.50" in texts(page, "[data-toast]")[0]

    def test_after_the_minutes_a_cashier_is_told_what_to_do(self, till: Till, clock):
        sale = booked(till)
        clock.shift(15 * MINUTE + timedelta(seconds=1))
        before = rows()
        response = till.post("sale-undo", sale=sale.public_id)
        assert (response.status_code, rows()) == (422, before)
        assert "It can be undone for 15 minutes, and they are over. Record a refund, or ask a manager" in words(
            response
        )

    def test_after_the_minutes_only_a_manager_undoes(self, till: Till, manager: Till, clock):
        sale = booked(till)
        clock.shift(15 * MINUTE + timedelta(seconds=1))
        receipt(till, sale)
        undo = till.url("sale-undo", sale=sale.public_id)
        assert [undo in actions(receipt(each, sale)) for each in (till, manager)] == [False, True]
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
        assert rows()["held"] == 13

    def test_ones_own_sale_is_left_to_a_colleague(self, till: Till):
        sale = booked(till)
        Member.objects.filter(pk=till.world.member.pk).update(user=till.world.cashier)
        before = rows()
        response = till.post("sale-undo", sale=sale.public_id)
        assert (response.status_code, has_summary(response), rows()) == (403, True, before)
