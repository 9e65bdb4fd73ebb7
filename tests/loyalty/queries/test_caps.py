"""What a lower cap would have kept from members lately is counted by member and day, before it goes live."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from loyalty.domain import sales
from loyalty.queries import caps
from loyalty.queries.caps import Reached, reached
from loyalty.queries.policies import planned
from loyalty.queries.program import draft_version, live_version
from tests.loyalty.books import Books, open_books
from tests.loyalty.domain.test_policies import NOW, RULE, draft

pytestmark = pytest.mark.django_db

SINCE = date(2026, 5, 2)
DAY = timedelta(days=1)


@pytest.fixture
def books() -> Books:
    """A shop without a cap; 8 points on one day, 5 on another, and 30 longer ago than 30 days."""
    books = open_books()
    books.buy(3_000, at=NOW - 31 * DAY)
    books.buy(600, at=NOW - 3 * DAY)
    books.buy(200, at=NOW - 3 * DAY)
    books.buy(500, at=NOW - 2 * DAY)
    return books


def count(books: Books, limit: int, name: str = "Points") -> Reached:
    draft(books, rules=(replace(RULE, name=name, fields={"limit_per_day": limit}),))
    version = draft_version(books.role.business)
    assert version
    (change,) = planned(version, live_version(books.role.business), NOW).limits
    return reached(change, books.role.business, NOW)


def test_what_was_above_it_on_a_day_is_what_it_would_have_kept(books: Books):
    assert count(books, 6) == Reached(1, 2, SINCE)


def test_each_day_counts_by_itself(books: Books):
    assert count(books, 3) == Reached(1, 7, SINCE)


def test_each_member_counts_by_itself(books: Books):
    _one, other = books.two()
    other.buy(700, at=NOW - 2 * DAY)
    assert count(books, 6) == Reached(2, 3, SINCE)


def test_a_cap_that_nobody_reached_keeps_nothing(books: Books):
    assert count(books, 8) == Reached(0, 0, SINCE)


def test_a_rule_that_gets_another_name_is_found_by_the_one_it_has(books: Books):
    assert count(books, 6, name="Every euro") == Reached(1, 2, SINCE)


def test_what_was_undone_does_not_count(books: Books):
    recorded = books.buy(900, at=NOW - DAY)
    sales.undo(sale=recorded.sale, key="undo", by=books.by, at=NOW, any_time=True)
    assert count(books, 6) == Reached(1, 2, SINCE)


def test_where_very_much_is_awarded_fewer_days_are_counted_and_said(books: Books, monkeypatch):
    monkeypatch.setattr(caps, "MOST", 2)
    assert count(books, 3) == Reached(1, 2, date(2026, 5, 30))
