"""What the preview of a merge says is what the merge comes to."""

from datetime import date, timedelta

import pytest

from loyalty.domain import merging
from loyalty.queries.ledger import Pending, balances_of
from loyalty.queries.merging import preview, standing_merges
from tests.loyalty.books import START, Books

pytestmark = pytest.mark.django_db


def holds(old: Books, new: Books) -> None:
    old.give(100, last_good_day=date(2026, 6, 1))
    old.give(30)
    new.give(7, last_good_day=date(2026, 2, 1))


def owes(old: Books, new: Books) -> None:
    bought = old.buy(10000)
    old.spend(80, at=START + timedelta(days=3))
    old.refund(bought, 10000)
    new.give(50, last_good_day=date(2026, 2, 1))
    new.give(50, last_good_day=date(2026, 3, 1))


def owes_more(old: Books, new: Books) -> None:
    owes(new, old)
    bought = new.buy(50000)
    new.spend(400, at=START + timedelta(days=3))
    new.refund(bought, 50000)


def runs_out(old: Books, new: Books) -> None:
    old.give(30, last_good_day=date(2026, 1, 8))
    new.give(20, last_good_day=date(2026, 1, 9))


def waits(old: Books, new: Books) -> None:
    old.buy(4000, at=START + timedelta(days=2))
    old.buy(100, at=START + timedelta(days=3))
    new.buy(1500, at=START + timedelta(days=3))


def owes_what_waits(old: Books, new: Books) -> None:
    """What the one owes takes all of a lot that waits, and a part of the next."""
    bought = old.buy(10000)
    old.spend(80, at=START + timedelta(days=3))
    old.refund(bought, 10000, at=START + timedelta(days=3))
    new.buy(5000, at=START + timedelta(days=2))
    new.buy(4000, at=START + timedelta(days=3))


@pytest.mark.parametrize("story", [holds, owes, owes_more, runs_out, waits, owes_what_waits])
@pytest.mark.parametrize("unit", [{}, {"expiry": "inactivity_days", "expiry_count": 30}, {"hold_days": 3}])
def test_the_preview_is_what_comes_of_it(books: Books, story, unit):
    old, new = books.two(**unit)
    story(old, new)
    at = START + timedelta(days=4)
    said = preview(old.account, new.account, at)
    merging.merge(source=old.account, target=new.account, key="m", by=old.by, at=at)
    assert [row.after for row in said] == balances_of(new.account, at)


def test_what_waits_on_either_side_waits_for_its_day(books: Books):
    old, new = books.two(hold_days=3)
    waits(old, new)
    (row,) = preview(old.account, new.account, START + timedelta(days=4))
    waiting = (Pending(date(2026, 1, 10), 40), Pending(date(2026, 1, 11), 16))
    assert (row.after.amount, row.after.pending) == (0, waiting)


def test_what_is_owed_is_taken_from_what_waits_the_earliest_first(books: Books):
    old, new = books.two(hold_days=3)
    owes_what_waits(old, new)
    (row,) = preview(old.account, new.account, START + timedelta(days=4))
    assert (row.after.amount, row.after.owed, row.after.pending) == (0, 0, (Pending(date(2026, 1, 11), 10),))


def test_both_sides_are_said_and_it_costs_four_queries(books: Books, django_assert_num_queries):
    old, new = books.two()
    holds(old, new)
    at = START
    _ = old.account.business, new.account.business
    with django_assert_num_queries(4):
        (row,) = preview(old.account, new.account, at)
    assert (row.source.amount, row.target.amount, row.after.amount) == (130, 7, 137)


def test_which_merges_stand(books: Books):
    old, new = books.two()
    merged = merging.merge(source=old.account, target=new.account, key="m", by=old.by, at=START)
    assert standing_merges(old.account) == standing_merges(new.account) == [merged]
    merging.undo(merge=merged, by=old.by, at=START)
    assert standing_merges(old.account) == []
