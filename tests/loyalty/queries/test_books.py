"""The books: every month from its entries, held against balances and lots."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from loyalty.domain import debts, ledger, merging
from loyalty.domain.accounts import open_account
from loyalty.models import Balance, EntryKind, PostingKind
from loyalty.queries.books import COLUMNS, Books, Falling, books
from loyalty.queries.statement import statement
from tests.loyalty.books import Books as Shop

pytestmark = pytest.mark.django_db

MARCH, APRIL = datetime(2026, 3, 20, 12, 0, tzinfo=UTC), datetime(2026, 4, 2, 12, 0, tzinfo=UTC)
MAY, NEXT_YEAR = datetime(2026, 5, 15, 12, 0, tzinfo=UTC), datetime(2027, 2, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def shop(made_books: Shop) -> Shop:
    """A shop that opened in March 2026."""
    return made_books


def look(shop: Shop, at: datetime = MAY, **more: str) -> Books:
    return books(shop.role.business, at, **more)


def table(found: Books) -> list[dict[str, int]]:
    """Each month of the only unit, without what is nothing."""
    (book,) = found.units
    return [
        {"opening": row.opening, "closing": row.closing}
        | {column.code: cell for column, cell in zip(book.columns, row.cells, strict=True) if cell}
        for row in book.rows
    ]


def test_every_kind_that_moves_a_balance_has_exactly_one_column():
    listed = sorted(kind for column in COLUMNS for kind in column.kinds)
    assert listed == sorted(set(EntryKind) - {EntryKind.FORGIVE})


class TestMonths:
    def test_each_opens_with_what_the_one_before_closed_with(self, shop):
        first = shop.buy(10000, at=MARCH)
        shop.give(50, last_good_day=date(2026, 3, 31), at=MARCH)
        shop.spend(30, at=MARCH)
        shop.expire(APRIL)
        shop.refund(first, 5000, at=APRIL)
        assert table(look(shop)) == [
            {"opening": 0, "issued": 150, "redeemed": -30, "closing": 120},
            {"opening": 120, "expired": -20, "taken_back": -50, "closing": 50},
            {"opening": 50, "closing": 50},
        ]
        assert look(shop).balanced
        assert look(shop).units[0].totals == [150, -30, -20, -50]

    def test_what_staff_did_by_hand_and_what_was_given_back(self, shop):
        shop.buy(10000, at=MARCH)
        taken = shop.spend(30, at=MARCH)
        shop.undo(taken, at=APRIL)
        for amount in (11, -4):
            booking = replace(shop.booking(PostingKind.ADJUSTMENT, at=APRIL), reason="Broken cup")
            ledger.adjust(booking, unit=shop.unit, amount=amount)
        assert table(look(shop))[1] == {"opening": 70, "issued": 11, "given_back": 30, "removed": -4, "closing": 107}

    def test_debts_stand_beside(self, shop):
        first = shop.buy(10000, at=MARCH)
        shop.spend(80, at=MARCH)
        shop.refund(first, 10000, at=MARCH)
        shop.buy(5000, at=APRIL)
        found = look(shop)
        (book,) = found.units
        assert [(row.closing, row.owed) for row in book.rows] == [(0, 80), (0, 30), (0, 30)]
        assert table(found)[1] == {"opening": 0, "issued": 50, "taken_back": -50, "closing": 0}
        assert (book.owed_held, book.has_debts, found.balanced) == (30, True, True)

    def test_what_is_forgiven_is_owed_no_more(self, shop):
        first = shop.buy(10000, at=MARCH)
        shop.spend(80, at=MARCH)
        shop.refund(first, 10000, at=MARCH)
        debts.forgive(account=shop.account, unit=shop.unit, amount=50, reason="A gift", key="f", by=shop.by, at=APRIL)
        (book,) = look(shop).units
        assert [(row.owed, row.forgiven) for row in book.rows] == [(80, 0), (30, 50), (30, 0)]
        assert (book.owed_held, book.balanced) == (30, True)

    def test_what_a_merge_brings_over_is_brought_away_elsewhere(self, shop):
        shop.buy(10000, at=MARCH)
        target = open_account(business=shop.role.business, at=MARCH)
        merging.merge(source=shop.account, target=target, key="m", by=shop.by, at=APRIL)
        assert table(look(shop))[1] == {"opening": 100, "brought_over": 100, "brought_away": -100, "closing": 100}
        assert look(shop).balanced
        for account, moved in ((shop.account, {"move_out": -100}), (target, {"move_in": 100})):
            found = statement(account, MAY, month="2026-04")
            assert found
            assert {total.kind: total.amount for total in found.totals} == moved
            assert found.adds_up

    def test_a_year_goes_on_where_the_one_before_ended(self, shop):
        shop.buy(10000, at=MARCH)
        shop.spend(30, at=NEXT_YEAR)
        found = look(shop, NEXT_YEAR)
        assert (found.year, found.years) == (2027, [2027, 2026])
        assert table(found) == [{"opening": 100, "closing": 100}, {"opening": 100, "redeemed": -30, "closing": 70}]
        before = look(shop, NEXT_YEAR, year="2026")
        assert [each["closing"] for each in table(before)] == [100] * 10
        assert before.balanced

    @pytest.mark.parametrize("year", ["", "x", "1999", "2028", "²"])
    def test_a_year_that_cannot_be_is_the_one_at_hand(self, shop, year):
        assert look(shop, year=year).year == 2026

    def test_nothing_yet(self, shop):
        assert look(shop).units == []

    def test_they_say_what_the_statements_of_all_accounts_say(self, shop):
        shop.buy(10000, at=MARCH)
        shop.spend(30, at=APRIL)
        found = statement(shop.account, MAY, month="2026-04")
        assert found
        assert [row.closing for row in look(shop).units[0].rows] == [month.closing for month in found.year[2:5]]


class TestTheProof:
    @pytest.mark.parametrize("columns", [{"amount": 99}, {"owed": 1}])
    def test_a_balance_that_was_changed_behind_our_back_is_noticed(self, shop, columns):
        shop.buy(10000, at=MARCH)
        Balance.objects.filter(account=shop.account).update(**columns)
        found = look(shop)
        assert not found.balanced
        assert (found.units[0].entered, found.units[0].in_lots) == (100, 100)

    def test_without_the_change_it_balances(self, shop):
        shop.buy(10000, at=MARCH)
        assert look(shop).balanced


class TestWhatRunsOut:
    def test_it_is_told_by_month_and_what_stays_comes_last(self, shop):
        for amount, day in ((5, None), (10, date(2026, 7, 31)), (7, date(2026, 7, 1)), (20, date(2026, 6, 30))):
            shop.give(amount, last_good_day=day, at=MARCH)
        (book,) = look(shop).units
        assert list(book.falling) == [Falling(date(2026, 6, 1), 20), Falling(date(2026, 7, 1), 17), Falling(None, 5)]
        assert (book.highest, book.in_lots, book.held) == (20, 42, 42)


class TestTheCost:
    @pytest.mark.parametrize("number", [1, 3])
    def test_it_is_the_same_however_many_movements_there_are(self, shop, number, django_assert_num_queries):
        for _ in range(number):
            shop.buy(100, at=MARCH)
        with django_assert_num_queries(4):
            assert look(shop).units[0].held == number

    @pytest.mark.parametrize("months", [1, 3])
    def test_it_is_the_same_however_many_months_there_are(self, shop, months, django_assert_num_queries):
        for month in range(months):
            shop.buy(100, at=datetime(2026, 3 + month, 20, tzinfo=UTC))
        with django_assert_num_queries(4):
            assert look(shop).units[0].held == months
