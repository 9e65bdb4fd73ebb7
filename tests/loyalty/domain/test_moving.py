"""A purchase on the wrong card is moved to the right one: as if it had been recorded there from the start."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from loyalty.domain import ledger, locks, merging, moving, sales
from loyalty.domain.accounts import open_account
from loyalty.domain.program import RuleDraft
from loyalty.domain.sale_input import Recorded
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Account, AuditEvent, Entry, Lot, Posting, RuleUse, Sale, SaleMove
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, set_rule
from tests.world import make_user, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sound():
    yield
    assert [finding for finding in verify() if finding.faults] == []


def move(bought: Recorded, target: Books | None, *, key: str = "move-1", at=START, by=None, any_time=False) -> Sale:
    sale = Sale.objects.get(pk=bought.sale.pk)
    staff = Books.by.fget(target) if target else by
    return moving.move(
        sale=sale, target=target.account if target else None, key=key, by=staff, at=at, customer=CustomerFacts(),
        any_time=any_time,
    )  # fmt: skip


def refused(error, act, books: Books) -> None:
    before = (*books.rows(), list(Sale.objects.values_list("account", "refunded")), AuditEvent.objects.count())
    with pytest.raises(error):
        act()
    after = (*books.rows(), list(Sale.objects.values_list("account", "refunded")), AuditEvent.objects.count())
    assert after == before


def test_the_award_moves_with_its_explanation_and_days(books: Books):
    wrong, right = books.two(expiry="days", expiry_count=30)
    bought = wrong.buy(10000)
    moved = move(bought, right, at=START + timedelta(minutes=3))
    assert (moved.account, wrong.balance, wrong.owed, right.balance) == (right.account, 0, 0, 100)
    lot = Lot.objects.get(account=right.account)
    assert (lot.last_good_day, lot.at) == (date(2026, 2, 4), START)
    awards = Entry.objects.filter(kind="award").order_by("pk")
    assert awards[0].why == awards[1].why
    taken = Posting.objects.get(kind="move")
    assert (taken.account, taken.reverses, taken.at) == (wrong.account, bought.posting, START + timedelta(minutes=3))
    event = AuditEvent.objects.get(verb="sale.moved")
    assert event.data == {"source": wrong.account.pk, "target": right.account.pk}


def test_the_request_that_booked_it_is_still_known_after_the_move(books: Books):
    wrong, right = books.two()
    bought = wrong.buy(10000, key="till-1")
    move(bought, right)
    before = wrong.rows()
    again = wrong.buy(10000, key="till-1")
    assert (again.sale, again.again, wrong.rows()) == (bought.sale, True, before)


def test_also_where_nothing_was_earned_and_so_nothing_moved(books: Books):
    wrong, right = books.two()
    bought = wrong.buy(1, key="till-1")
    for _ in range(2):
        assert move(bought, right).account == right.account
    before = wrong.rows()
    again = wrong.buy(1, key="till-1")
    assert (again.sale, again.again, wrong.rows(), SaleMove.objects.count()) == (bought.sale, True, before, 1)


def test_a_key_moves_one_purchase_to_one_account(books: Books):
    wrong, right = books.two()
    bought, other = wrong.buy(10000, key="till-1"), wrong.buy(5000, key="till-2")
    move(bought, right)
    refused(ledger.KeyReused, lambda: move(other, right), wrong)
    refused(ledger.KeyReused, lambda: move(bought, wrong), wrong)
    refused(ledger.KeyReused, lambda: right.buy(10000, key="till-1"), wrong)


def test_a_purchase_of_which_nothing_is_left_moves_without_a_movement(books: Books):
    wrong, right = books.two(expiry="days", expiry_count=10)
    bought = wrong.buy(10000)
    move(bought, right, at=START + timedelta(days=20), any_time=True)
    assert (wrong.balance, wrong.owed, right.balance) == (100, 0, 100)
    assert right.expire(START + timedelta(days=20)) == 2
    assert (wrong.balance, right.balance) == (0, 0)


def test_what_was_spent_already_is_owed_by_the_wrong_one(books: Books):
    wrong, right = books.two()
    bought = wrong.buy(10000)
    wrong.spend(60)
    move(bought, right)
    assert (wrong.balance, wrong.owed, right.balance) == (0, 60, 100)


def test_refunds_go_on_where_they_were(books: Books):
    wrong, right = books.two(points=1, per=300)
    bought = wrong.buy(1000)
    wrong.refund(bought, 333)
    assert wrong.balance == 2
    move(bought, right)
    assert (wrong.balance, right.balance) == (0, 2)
    bought.sale.refresh_from_db()
    right.refund(bought, 333)
    assert right.balance == 1
    right.refund(bought, 334)
    assert (wrong.balance, wrong.owed, right.balance, right.owed) == (0, 0, 0, 0)
    assert Sale.objects.get().refunded == 1000


def test_refunds_are_booked_again_when_the_purchase_is_moved_not_in_a_month_that_is_over(books: Books):
    wrong, right = books.two()
    bought = wrong.buy(10000)
    wrong.refund(bought, 4000)
    later = START + timedelta(days=60)
    move(bought, right, at=later, any_time=True)
    rows = Posting.objects.filter(account=right.account).order_by("pk").values_list("kind", "at", "booked_at")
    assert list(rows) == [("purchase", START, later), ("refund", START, later)]


def test_the_whole_award_moves_also_beyond_the_limit_of_the_day(books: Books):
    wrong, right = books.two(rule=RuleDraft("points", "Stamp", "visit", "flat", 1, fields={"limit_per_day": 1}))
    bought = wrong.buy(1000)
    right.buy(1000)
    move(bought, right)
    right.buy(1000)
    assert (wrong.balance, right.balance) == (0, 2)


def test_undoing_a_moved_purchase_takes_from_the_right_one(books: Books):
    wrong, right = books.two()
    bought = wrong.buy(10000)
    wrong.give(7)
    move(bought, right)
    bought.sale.refresh_from_db()
    sales.undo(sale=bought.sale, key="undo-1", by=wrong.by, at=START)
    assert (wrong.balance, right.balance) == (7, 0)


def test_who_knows_the_purchase_from_before_the_move_refunds_it_on_the_right_one(books: Books):
    wrong, right = books.two()
    bought = wrong.buy(10000)
    move(bought, right)
    assert bought.sale.account == wrong.account
    wrong.refund(bought, 5000)
    assert (wrong.balance, wrong.owed, right.balance) == (0, 0, 50)


def test_moved_back_and_the_same_key_again(books: Books):
    wrong, right = books.two()
    bought = wrong.buy(10000)
    move(bought, right)
    move(bought, wrong, key="move-2")
    assert (wrong.balance, right.balance) == (100, 0)
    before = wrong.rows()
    move(bought, right)
    assert (wrong.rows(), wrong.balance) == (before, 100)


def test_what_is_refused(books: Books):
    wrong, right = books.two()
    bought = wrong.buy(10000)
    refused(moving.SameAccount, lambda: move(bought, wrong), wrong)
    closed = replace(right, account=open_account(business=wrong.role.business, at=START))
    Account.objects.filter(pk=closed.account.pk).update(closed_at=START)
    refused(moving.CannotReceive, lambda: move(bought, closed), wrong)
    elsewhere = replace(
        right, account=open_account(business=open_shop(make_user("s"), "Sol", "sol").business, at=START)
    )
    refused(moving.CannotReceive, lambda: move(bought, elsewhere), wrong)
    late = START + timedelta(minutes=wrong.role.business.undo_minutes, seconds=1)
    refused(moving.MoveTooLate, lambda: move(bought, right, at=late), wrong)
    spent = wrong.spend(10, recorded=bought)
    refused(moving.SpentOn, lambda: move(bought, right), wrong)
    wrong.undo(spent)
    gone = wrong.buy(500)
    sales.undo(sale=gone.sale, key="undo-1", by=wrong.by, at=START)
    refused(moving.Undone, lambda: move(gone, right), wrong)
    assert move(bought, right, at=late, any_time=True).account == right.account


def test_a_merged_card_gives_away_its_purchases_but_takes_none(books: Books):
    wrong, right = books.two()
    other = replace(wrong, account=open_account(business=wrong.role.business, at=START))
    bought, late = wrong.buy(10000), other.buy(500)
    merging.merge(source=wrong.account, target=right.account, key="m", by=wrong.by, at=START)
    refused(moving.CannotReceive, lambda: move(late, wrong), wrong)
    refused(moving.SameAccount, lambda: move(bought, right), wrong)
    move(bought, other)
    assert (wrong.balance, wrong.owed, right.balance, right.owed, other.balance) == (0, 0, 0, 0, 105)


def test_limits_are_used_where_the_purchase_is(books: Books):
    ten = RuleDraft("points", "Ten", "purchase", "per_amount", 1, per_amount=100, fields={"limit_per_day": 10})
    wrong, right = books.two(rule=ten)
    bought = wrong.buy(800)
    move(bought, right)
    assert sum(RuleUse.objects.filter(account=wrong.account).values_list("amount", flat=True)) == 0
    wrong.buy(1000)
    right.buy(1000)
    assert (wrong.balance, right.balance) == (10, 10)


def walk_in(books: Books, total: int, *, at=START) -> Recorded:
    return replace(books, account=None).buy(total, at=at)


def test_a_walk_in_is_given_to_a_customer_and_taken_again(books: Books):
    wrong, right = books.two()
    bought = walk_in(wrong, 10000, at=START + timedelta(hours=1))
    right.refund(bought, 2500, at=START + timedelta(hours=1))
    move(bought, right, at=START + timedelta(hours=1))
    assert right.balance == 75
    bought.sale.refresh_from_db()
    right.refund(bought, 2500, at=START + timedelta(hours=1))
    assert right.balance == 50
    move(bought, None, key="move-2", by=wrong.by, at=START + timedelta(hours=1))
    assert (Sale.objects.get().account, right.balance) == (None, 0)
    refused(moving.SameAccount, lambda: move(bought, None, key="m3", by=wrong.by), wrong)


def test_a_walk_in_from_before_the_program_at_hand_earns_nothing_for_anybody(books: Books):
    wrong, right = books.two()
    bought = walk_in(wrong, 10000, at=START - timedelta(hours=1))
    set_rule(wrong.role, RuleDraft("points", "Double", "purchase", "per_amount", 2, per_amount=100))
    refused(moving.NotLiveThen, lambda: move(bought, right, any_time=True), wrong)


def test_a_purchase_is_moved_only_while_it_is_where_it_was_thought(books: Books, monkeypatch):
    wrong, right = books.two()
    bought = wrong.buy(10000)
    move(bought, right)
    assert bought.sale.account_id == wrong.account.pk
    with pytest.raises(locks.ChangedMeanwhile):
        locks.lock_sale(bought.sale)
    assert bought.sale.account_id == right.account.pk
    with pytest.raises(ledger.AlreadyUndone):
        wrong.undo(bought.posting)
