"""Giving again what ran out: in time, once, whole, with a reason; the purchase behind it stays what it was."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loyalty.domain import businesses, expiry, ledger
from loyalty.domain.expiry import DayPassed, TooLate
from loyalty.domain.ledger import AlreadyReinstated, CannotReinstate, KeyReused
from loyalty.models import AuditEvent, Entry, EntryKind, Lot, Posting, PostingKind
from loyalty.queries import ledger as queries
from loyalty.queries.reasons import Reason
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books
from tests.loyalty.domain.test_merging import merge

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 31)
AFTER = START + timedelta(days=31)
"""What START's purchases earn of 30 days is over: it was good through 4 February."""


@pytest.fixture(autouse=True)
def _sound():
    yield
    assert {finding.invariant: finding.faults for finding in verify() if finding.number} == {}


def run_out(books: Books, *, spent: int = 0) -> tuple[Any, Posting]:
    """Buy for 100.00, spend some, and let the rest run out; return the purchase and the expiry."""
    bought = books.buy(10000)
    if spent:
        books.spend(spent)
    books.expire(AFTER)
    return bought, Posting.objects.get(kind=PostingKind.EXPIRY, account=books.account)


def give_again(
    books: Books, expired: Posting, *, at: datetime = AFTER, through: date = MARCH, key: str = "", reason: str = "Sorry"
) -> Posting:
    return expiry.reinstate(
        expired=expired, last_good_day=through, reason=reason, key=key or books.key(), by=books.by, at=at
    )


def state(books: Books) -> tuple[Any, ...]:
    return (*books.rows(), AuditEvent.objects.count(), books.balance, books.owed, books.lots())


@pytest.fixture
def books(books: Books) -> Books:
    """A shop whose points are good for 30 days."""
    books.offers(expiry="days", expiry_count=30)
    return books


def test_it_comes_back_whole_as_a_new_lot_with_a_reason_and_a_record(books: Books):
    _bought, expired = run_out(books, spent=30)
    posting = give_again(books, expired)
    entry = posting.entries.get()
    assert (posting.kind, posting.reverses, posting.reason) == (PostingKind.REINSTATE, expired, "Sorry")
    why = {"reason": "Sorry", "of": expired.pk, "entry": expired.entries.get().pk}
    assert (entry.kind, entry.amount, entry.why) == (EntryKind.REINSTATE, 70, why)
    assert (books.balance, books.lots(), entry.lot.last_good_day) == (70, [0, 70], MARCH)
    event = AuditEvent.objects.get(verb="expiry.reinstated")
    assert (event.object_id, event.data) == (str(posting.pk), {"of": expired.pk})
    books.spend(70, at=datetime(2026, 3, 31, 21, 59, tzinfo=UTC))
    assert books.balance == 0


def test_it_runs_out_again_and_is_given_again_once_more(books: Books):
    _bought, expired = run_out(books)
    give_again(books, expired)
    later = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
    books.expire(later)
    assert books.balance == 0
    again = Posting.objects.filter(kind=PostingKind.EXPIRY).latest("pk")
    give_again(books, again, at=later, through=date(2026, 4, 30))
    assert books.balance == 100


def test_the_member_reads_why(books: Books):
    _bought, expired = run_out(books)
    give_again(books, expired)
    row = queries.activity(books.account, size=1).rows[0]
    assert (row.title, row.amounts, row.gained) == ("Given again", ["+100 points"], True)
    assert row.why == [Reason("Sorry", "100 points"), Reason("Good until Mar 31, 2026.")]


@pytest.mark.parametrize(
    ("days", "at", "good"),
    [
        (30, datetime(2026, 3, 6, 22, 59, 59, tzinfo=UTC), True),
        (30, datetime(2026, 3, 6, 23, 0, tzinfo=UTC), False),
        (1, datetime(2026, 2, 5, 12, 0, tzinfo=UTC), True),
        (0, datetime(2026, 2, 5, 12, 0, tzinfo=UTC), False),
    ],
)
def test_the_days_are_those_of_the_business_in_its_zone(books: Books, days, at, good):
    businesses.change_details(business=books.role.business, changes={"reinstate_days": days}, by=books.by, at=START)
    _bought, expired = run_out(books)
    expired.account.business.refresh_from_db()
    before = state(books)
    if good:
        give_again(books, expired, at=at)
        assert books.balance == 100
        return
    with pytest.raises(TooLate) as refused:
        give_again(books, expired, at=at)
    assert (refused.value.through, state(books)) == (date(2026, 2, 4) + timedelta(days=days), before)


def test_a_day_that_is_over_is_refused_and_today_is_not(books: Books):
    _bought, expired = run_out(books)
    before = state(books)
    with pytest.raises(DayPassed):
        give_again(books, expired, through=date(2026, 2, 4))
    assert state(books) == before
    give_again(books, expired, through=date(2026, 2, 5))
    assert books.balance == 100


def test_twice_is_refused_and_the_same_key_is_the_same(books: Books):
    _bought, expired = run_out(books)
    first = give_again(books, expired, key="k")
    after = state(books)
    assert give_again(books, expired, key="k", at=AFTER + timedelta(days=300)) == first
    with pytest.raises(AlreadyReinstated):
        give_again(books, expired)
    with pytest.raises(KeyReused):
        give_again(books, expired, key="k", reason="Another")
    assert state(books) == after


def test_the_constraint_stands_behind_the_check(books: Books, monkeypatch):
    """The twin: without the check the database still refuses the second."""
    _bought, expired = run_out(books)
    give_again(books, expired)
    after = state(books)
    monkeypatch.setattr("loyalty.domain.ledger.reinstating.AlreadyReinstated", None)
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda rows: False)
    with pytest.raises(KeyReused):
        give_again(books, expired)
    monkeypatch.undo()
    assert state(books) == after


def test_only_what_ran_out_is_given_again(books: Books):
    bought, _expired = run_out(books)
    before = state(books)
    booking = books.booking(PostingKind.REINSTATE, at=AFTER, reverses=bought.posting)
    with pytest.raises(CannotReinstate):
        ledger.reinstate(booking, last_good_day=MARCH)
    assert state(books) == before


def test_a_debt_is_paid_first(books: Books):
    _bought, expired = run_out(books)
    other = books.buy(4000, at=AFTER)
    books.spend(40, at=AFTER)
    books.refund(other, 4000, at=AFTER)
    assert books.owed == 40
    give_again(books, expired)
    assert (books.balance, books.owed) == (60, 0)


class TestARefundOfThePurchaseBehindIt:
    def test_takes_what_was_given_again(self, books: Books):
        bought, expired = run_out(books, spent=30)
        give_again(books, expired)
        books.refund(bought, 10000, at=AFTER)
        assert (books.balance, books.owed, books.lots()) == (0, 30, [0, 0])

    def test_takes_nothing_of_what_ran_out_twice(self, books: Books):
        bought, expired = run_out(books, spent=30)
        give_again(books, expired)
        later = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
        books.expire(later)
        books.refund(bought, 10000, at=later)
        assert (books.balance, books.owed) == (0, 30)

    def test_without_giving_again_takes_nothing(self, books: Books):
        bought, _expired = run_out(books, spent=30)
        books.refund(bought, 10000, at=AFTER)
        assert (books.balance, books.owed) == (0, 30)


def test_what_inactivity_ended_is_given_again_through_its_own_day(books: Books):
    books.offers(expiry="inactivity_days", expiry_count=30)
    books.buy(10000)
    books.expire(AFTER)
    expired = Posting.objects.get(kind=PostingKind.EXPIRY)
    give_again(books, expired)
    last = datetime(2026, 3, 31, 20, 0, tzinfo=UTC)
    books.expire(last)
    assert books.balance == 100
    books.spend(40, at=last)
    books.expire(last + timedelta(hours=3))
    assert books.balance == 0


def test_what_ran_out_on_a_merged_card_is_given_again_on_the_other(books: Books):
    old, new = books.two(expiry="days", expiry_count=30)
    _bought, expired = run_out(old)
    merge(old, new, at=AFTER)
    give_again(new, expired)
    assert (old.balance, new.balance) == (0, 100)
    assert Lot.objects.get(account=new.account, remaining=100).last_good_day == MARCH
    assert Entry.objects.filter(account=old.account, kind=EntryKind.REINSTATE).count() == 1
