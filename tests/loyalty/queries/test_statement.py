"""The statement: opening, movements, totals and closing of a month, whatever the order in which things were booked."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from loyalty.domain import ledger
from loyalty.models import Balance, Entry, PostingKind
from loyalty.queries.marks import Mark, marks
from loyalty.queries.statement import Statement, all_rows, statement
from tests.loyalty.books import Books, open_books

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
JANUARY, FEBRUARY = datetime(2026, 1, 5, 12, 0, tzinfo=UTC), datetime(2026, 2, 3, 12, 0, tzinfo=UTC)


def show(books: Books, month: str = "", **more) -> Statement:
    found = statement(books.account, MARCH, month=month, **more)
    assert found
    return found


def sums(found: Statement) -> dict[str, int]:
    return {total.kind.value: total.amount for total in found.totals}


class TestAMonth:
    def test_it_opens_with_what_the_month_before_closed_with(self, books):
        books.buy(10000, at=JANUARY)
        books.spend(30, at=FEBRUARY)
        books.buy(500, at=FEBRUARY)
        january, february, march = show(books, "2026-01"), show(books, "2026-02"), show(books, "2026-03")
        assert (january.month.opening, january.month.closing, sums(january)) == (0, 100, {"award": 100})
        assert (february.month.opening, february.month.closing) == (100, 75)
        assert sums(february) == {"award": 5, "spend": -30}
        assert (march.month.opening, march.month.closing, sums(march), march.rows) == (75, 75, {}, [])
        assert all(each.adds_up for each in (january, february, march))

    def test_the_newest_month_is_shown_where_none_is_asked_for(self, books):
        books.buy(10000, at=JANUARY)
        assert show(books).month.first == date(2026, 3, 1)
        assert show(books).running
        assert not show(books, "2026-02").running

    @pytest.mark.parametrize("month", ["x", "2026-13", "2026-00", "0000-01", "9999-12", "2026-3", "²026-01", "2027-01"])
    def test_a_month_that_cannot_be_is_the_newest(self, books, month):
        books.buy(10000, at=JANUARY)
        assert show(books, month).month.first == date(2026, 3, 1)

    def test_a_month_before_the_first_is_the_first(self, books):
        books.buy(10000, at=FEBRUARY)
        assert show(books, "2020-01").month.first == date(2026, 2, 1)
        assert show(books, "2026-02").before is None
        assert show(books, "2026-02").after == date(2026, 3, 1)
        assert show(books).months == [date(2026, 3, 1), date(2026, 2, 1)]

    def test_the_clock_of_the_business_says_where_a_month_ends(self):
        """22:30 UTC on 31 January is half past eleven in Berlin, and half past ten on 1 February in Kiritimati."""
        late = datetime(2026, 1, 31, 22, 30, tzinfo=UTC)
        berlin, far = open_books(slug="near"), open_books(zone="Pacific/Kiritimati", slug="far")
        for books, expected in ((berlin, (100, 0)), (far, (0, 100))):
            books.buy(10000, at=late)
            found = statement(books.account, MARCH, month="2026-02")
            assert found
            months = {each.first: each.change for each in found.year}
            assert (months[date(2026, 1, 1)], months[date(2026, 2, 1)]) == expected

    def test_what_is_brought_in_late_leaves_the_months_that_are_over_alone(self, books):
        books.buy(10000, at=JANUARY)
        booking = replace(books.booking(PostingKind.GIFT, at=JANUARY), booked_at=MARCH)
        ledger.award(booking, [ledger.AwardLine(books.unit, 7)])
        assert show(books, "2026-01").month.closing == 100
        (row,) = show(books).rows
        assert (row.entry.amount, row.entry.balance_after, row.late) == (7, 107, True)

    def test_nothing_booked_yet(self, books):
        assert statement(books.account, MARCH) is None
        assert list(all_rows(books.account)) == []


class TestTotals:
    def test_every_kind_of_movement_has_its_line(self, books):
        first = books.buy(10000)
        taken = books.spend(80)
        books.refund(first, 10000)
        books.buy(5000)
        books.undo(taken)
        ledger.adjust(replace(books.booking(PostingKind.ADJUSTMENT), reason="Broken cup"), unit=books.unit, amount=11)
        ledger.adjust(replace(books.booking(PostingKind.ADJUSTMENT), reason="Slip"), unit=books.unit, amount=-1)
        found = show(books, "2026-01")
        assert sums(found) == {
            "award": 150, "spend": -80, "take_back": -20, "give_back": 80, "settle": -80, "add": 11, "remove": -1,
        }  # fmt: skip
        assert (found.month.opening, found.month.closing, found.owed_change) == (0, 60, 0)
        assert found.adds_up
        assert books.balance == 60

    def test_what_does_not_add_up_is_said(self, books):
        books.buy(10000)
        found = show(books, "2026-01")
        assert not replace(found, totals=[replace(found.totals[0], amount=99)]).adds_up

    def test_what_is_owed_is_told_apart(self, books):
        first = books.buy(10000)
        books.spend(80)
        books.refund(first, 10000)
        assert show(books, "2026-01").owed_change == 80


class TestRows:
    def test_they_stand_in_the_order_of_booking_the_newest_first(self, books):
        first = books.buy(10000)
        books.spend(80)
        books.refund(first, 5000)
        found = show(books, "2026-01")
        assert [(row.title, row.entry.amount, row.entry.balance_after) for row in found.rows] == [
            ("Refund", -20, 0), ("Redemption", -80, 20), ("Purchase", 100, 100),
        ]  # fmt: skip
        assert [row.entry.seq for row in found.oldest_first] == [1, 2, 3]
        assert [reason.title for reason in found.rows[-1].why] == ["Points"]

    def test_what_was_undone_says_so(self, books):
        books.undo(books.spend(20) if books.buy(10000) else None)
        found = show(books, "2026-01")
        assert [(row.title, row.undone) for row in found.rows] == [
            ("Undone: Redemption", False), ("Redemption", True), ("Purchase", False),
        ]  # fmt: skip

    def test_pages_follow_the_numbers_of_the_entries(self, books):
        for _ in range(7):
            books.buy(100)
        pages, upto = [], ""
        for _ in range(3):
            found = show(books, "2026-01", size=3, upto=upto)
            pages.append([row.entry.seq for row in found.rows])
            upto = found.older.removeprefix("upto=")
        assert pages == [[7, 6, 5], [4, 3, 2], [1]]
        assert show(books, "2026-01", size=3, upto="4").newer == "upto=7"
        assert show(books, "2026-01", size=3).newer == ""

    @pytest.mark.parametrize("upto", ["0", "-1", "x", "8", "9" * 19, "²"])
    def test_a_page_that_cannot_be_is_the_newest(self, books, upto):
        for _ in range(7):
            books.buy(100)
        assert show(books, "2026-01", size=3, upto=upto).rows[0].entry.seq == 7

    def test_a_page_does_not_reach_into_the_month_before(self, books):
        books.buy(100, at=JANUARY)
        books.buy(100, at=FEBRUARY)
        assert [row.entry.seq for row in show(books, "2026-02").rows] == [2]

    def test_all_rows_come_in_the_order_of_booking(self, books):
        for at in (JANUARY, JANUARY, FEBRUARY):
            books.buy(100, at=at)
        seqs = [row.entry.seq for rows in all_rows(books.account) for row in rows]
        january = [row.entry.seq for rows in all_rows(books.account, month="2026-01") for row in rows]
        assert (seqs, january) == ([1, 2, 3], [1, 2])


class TestTheYear:
    def test_it_shows_each_month_at_a_glance(self, books):
        books.buy(10000, at=JANUARY)
        books.spend(30, at=FEBRUARY)
        year = show(books, "2026-01").year
        assert [(each.code, each.closing, each.change, each.movements, each.begun) for each in year[:4]] == [
            ("2026-01", 100, 100, 1, True), ("2026-02", 70, -30, 1, True),
            ("2026-03", 70, 0, 0, True), ("2026-04", 70, 0, 0, False),
        ]  # fmt: skip
        assert len(year) == 12

    def test_its_bars_are_measured_by_the_highest(self, books):
        books.buy(20000, at=JANUARY)
        books.spend(150, at=FEBRUARY)
        assert [(bar.height, bar.top) for bar in show(books).bars][:3] == [(100, 0), (25, 75), (25, 75)]


class TestMarks:
    @pytest.mark.parametrize("number", range(1, 10))
    def test_halving_finds_what_counting_finds(self, books, number):
        moments = [datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in range(number)]
        for at in moments:
            books.buy(100, at=at)
        asked = [*moments, MARCH, JANUARY.replace(year=2020)]
        counted = [
            Entry.objects.filter(account=books.account, posting__booked_at__lt=moment).count() for moment in asked
        ]
        found = marks(Balance.objects.get(account=books.account), asked)
        assert found == [Mark(count, count) for count in counted]

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_is_one_question(self, books, number, django_assert_num_queries):
        books.buy(100)
        balance = Balance.objects.get(account=books.account)
        with django_assert_num_queries(1):
            marks(balance, [JANUARY] * number)


class TestTheCost:
    @pytest.mark.parametrize("number", [1, 3])
    def test_it_is_the_same_however_many_movements_there_are(self, books, number, django_assert_num_queries):
        for _ in range(number):
            books.buy(100)
        with django_assert_num_queries(6):
            assert len(show(books, "2026-01").rows) == number

    @pytest.mark.parametrize("months", [1, 3])
    def test_it_is_the_same_however_many_months_there_are(self, books, months, django_assert_num_queries):
        for month in range(1, months + 1):
            books.buy(100, at=datetime(2026, month, 5, tzinfo=UTC))
        with django_assert_num_queries(6):
            assert sum(each.movements for each in show(books, "2026-01").year) == months
