"""What an account holds, what runs out when, and its history page by page."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.models import PostingKind
from loyalty.queries import ledger
from tests.loyalty.books import START, Books

pytestmark = pytest.mark.django_db


def held(books: Books, at: datetime = START) -> tuple[int, int, list[tuple[date, int]]]:
    (balance,) = ledger.balances_of(books.account, at)
    return balance.amount, balance.owed, [(part.last_good_day, part.amount) for part in balance.expiring]


def pending(balance: ledger.UnitBalance) -> list[tuple[date, int]]:
    return [(part.first_good_day, part.amount) for part in balance.pending]


class TestBalances:
    def test_a_new_account_holds_nothing_of_each_live_unit(self, books: Books):
        assert held(books) == (0, 0, [])

    def test_every_day_on_which_something_runs_out_is_told(self, books: Books):
        books.give(30, last_good_day=date(2026, 6, 1))
        books.give(20, last_good_day=date(2026, 3, 1))
        books.give(5, last_good_day=date(2026, 6, 1))
        books.give(7)
        assert held(books) == (62, 0, [(date(2026, 3, 1), 20), (date(2026, 6, 1), 35)])

    def test_a_lot_past_its_last_good_day_does_not_count_though_the_job_was_not_there(self, books: Books):
        books.give(30, last_good_day=date(2026, 1, 10))
        books.give(7)
        assert held(books, datetime(2026, 1, 10, 22, 59, tzinfo=UTC)) == (37, 0, [(date(2026, 1, 10), 30)])
        assert held(books, datetime(2026, 1, 10, 23, 0, tzinfo=UTC)) == (7, 0, [])

    def test_what_is_held_is_told_with_its_days_and_cannot_be_spent(self, books: Books):
        books.offers(hold_days=10, expiry="days", expiry_count=30)
        books.give(7)
        books.buy(5000)
        books.buy(2000, at=START + timedelta(days=1))
        found = [ledger.balances_of(books.account, START + timedelta(days=days))[0] for days in (1, 10, 11)]
        assert [(balance.amount, pending(balance)) for balance in found] == [
            (7, [(date(2026, 1, 15), 50), (date(2026, 1, 16), 20)]),
            (57, [(date(2026, 1, 16), 20)]),
            (77, []),
        ]
        ends = [(date(2026, 2, 4), 50), (date(2026, 2, 5), 20)]
        assert all([(part.last_good_day, part.amount) for part in balance.expiring] == ends for balance in found)

    def test_what_a_refund_took_back_and_was_spent_is_owed(self, books: Books):
        bought = books.buy(15000)
        books.spend(100)
        books.refund(bought, 15000)
        assert held(books) == (0, 100, [])

    def test_what_expires_by_inactivity_is_good_from_the_last_visit_on(self, books: Books):
        books.offers(expiry="inactivity_days", expiry_count=30)
        books.buy(1000)
        books.buy(500, at=START + timedelta(days=10))
        assert held(books, START + timedelta(days=11)) == (15, 0, [(date(2026, 2, 13), 15)])

    def test_many_accounts_cost_as_many_queries_as_one(self, books: Books, django_assert_num_queries):
        books.buy(1000)
        with django_assert_num_queries(3):
            ledger.balances([books.account], START)
        with django_assert_num_queries(3):
            ledger.balances([books.account] * 3, START)


class TestActivity:
    def test_a_purchase_says_what_it_changed(self, books: Books):
        books.buy(1299)
        (row,) = ledger.activity(books.account, size=5).rows
        assert (row.title, row.amounts, row.gained, row.undone) == ("Purchase", ["+12 points"], True, False)

    def test_an_undone_redemption_is_marked_and_its_undo_says_of_what(self, books: Books):
        books.give(80)
        spent = books.spend(50)
        books.undo(spent)
        rows = ledger.activity(books.account, size=5).rows
        assert [(row.title, row.amounts, row.undone) for row in rows] == [
            ("Undone: Redemption", ["+50 points"], False),
            ("Redemption", ["\u221250 points"], True),
            ("Gift", ["+80 points"], False),
        ]

    def test_what_is_owed_is_not_hidden(self, books: Books):
        bought = books.buy(15000)
        books.spend(150)
        books.refund(bought, 15000)
        row = ledger.activity(books.account, size=1).rows[0]
        assert (row.title, row.amounts) == ("Refund", ["150 points owed"])

    def test_pages_lead_to_the_end_and_back(self, books: Books):
        for number in range(7):
            books.give(1 + number, at=START + timedelta(minutes=number // 2))
        first = ledger.activity(books.account, size=3)
        second = ledger.activity(books.account, size=3, before=mark(first.older))
        third = ledger.activity(books.account, size=3, before=mark(second.older))
        assert [gains(page) for page in (first, second, third)] == [[7, 6, 5], [4, 3, 2], [1]]
        assert (first.newer, third.older) == ("", "")
        assert gains(ledger.activity(books.account, size=3, after=mark(third.newer))) == [4, 3, 2]
        assert gains(ledger.activity(books.account, size=3, after=mark(second.newer))) == [7, 6, 5]

    @pytest.mark.parametrize("nonsense", ["x", "1-", "-1", "9" * 30 + "-1", "1-1'", "\u0663-\u0661"])
    def test_a_mark_that_makes_no_sense_is_no_mark(self, books: Books, nonsense):
        books.give(5)
        assert gains(ledger.activity(books.account, size=3, before=nonsense, after=nonsense)) == [5]

    def test_a_page_of_three_costs_as_many_queries_as_a_page_of_one(self, books: Books, django_assert_num_queries):
        for number in range(3):
            books.give(1 + number)
        with django_assert_num_queries(3):
            [(row.title, row.amounts, row.why) for row in ledger.activity(books.account, size=1).rows]
        with django_assert_num_queries(3):
            [(row.title, row.amounts, row.why) for row in ledger.activity(books.account, size=3).rows]


def mark(link: str) -> str:
    return link.partition("=")[2]


def gains(page: ledger.Activity) -> list[int]:
    assert all(row.posting.kind == PostingKind.GIFT for row in page.rows)
    return [row.entries[0].amount for row in page.rows]
