"""What ran out is gone, whether or not the expiry job has been there: both ways lead to the same books."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.domain import ledger
from loyalty.models import Entry, EntryKind
from loyalty.queries.ledger import balances_of
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books

pytestmark = pytest.mark.django_db

LATER = START + timedelta(days=20)
on_time_or_late = pytest.mark.parametrize("on_time", [True, False], ids=["the job has run", "the job is late"])


def go_quiet(books: Books) -> None:
    """Let all go after ten days without activity, and earn 100 points on the first day."""
    books.offers(expiry="inactivity_days", expiry_count=10)
    books.buy(10000)


def told(books: Books) -> list[tuple[str, int, int, datetime]]:
    """What happened, by when it happened."""
    rows = Entry.objects.filter(account=books.account).order_by("at", "pk")
    return list(rows.values_list("kind", "amount", "owed_change", "at"))


@on_time_or_late
@pytest.mark.parametrize(("shares", "owed"), [([5000], 0), ([5000, 5000], 30), ([8000], 10), ([8000, 2000], 30)])
def test_what_ran_out_counts_as_taken_back(books: Books, on_time, shares, owed):
    books.offers(expiry="days", expiry_count=10)
    bought = books.buy(10000)
    books.spend(30)
    if on_time:
        books.expire(LATER)
    for share in shares:
        books.refund(bought, share, at=LATER)
    books.expire(LATER)
    assert (books.balance, books.owed, books.lots()) == (0, owed, [0])
    assert [finding for finding in verify() if finding.faults] == []


@on_time_or_late
def test_what_inactivity_ended_is_not_spent(books: Books, on_time):
    go_quiet(books)
    last_moment = START + timedelta(days=9)
    books.spend(1, at=last_moment)
    late = last_moment + timedelta(days=10)
    if on_time:
        books.expire(late)
    before = books.rows()
    with pytest.raises(ledger.NotEnough) as refusal:
        books.spend(1, at=late)
    assert (refusal.value.available, books.rows()) == (0, before)
    assert balances_of(books.account, late)[0].amount == 0


@on_time_or_late
def test_a_purchase_revives_nothing(books: Books, on_time):
    go_quiet(books)
    if on_time:
        books.expire(LATER)
    books.buy(500, at=LATER)
    books.expire(LATER)
    gone = datetime(2026, 1, 14, 23, tzinfo=UTC)
    assert told(books) == [("award", 100, 0, START), ("expire", -100, 0, gone), ("award", 5, 0, LATER)]


@on_time_or_late
def test_a_spending_from_what_has_a_day_of_its_own_revives_nothing(books: Books, on_time):
    go_quiet(books)
    books.give(50, last_good_day=LATER.date())
    quiet = START + timedelta(days=15)
    if on_time:
        books.expire(quiet)
    books.spend(20, at=quiet)
    books.expire(quiet)
    assert (books.balance, books.lots()) == (30, [0, 30])


@on_time_or_late
def test_what_is_given_back_after_inactivity_is_gone_at_once(books: Books, on_time):
    go_quiet(books)
    spent = books.spend(40)
    if on_time:
        books.expire(LATER)
    books.undo(spent, at=LATER)
    books.expire(LATER)
    assert books.balance == 0
    assert sum(Entry.objects.filter(kind=EntryKind.EXPIRE).values_list("amount", flat=True)) == -100


def test_a_gift_is_activity_and_lives_as_long_as_any(books: Books):
    go_quiet(books)
    books.give(7, at=LATER)
    assert books.expire(LATER + timedelta(days=9)) == 0
    assert books.balance == 7
    assert books.expire(LATER + timedelta(days=10)) == 1
    assert books.balance == 0


def test_what_was_spent_on_the_bill_goes_back_before_what_it_earned_is_taken(books: Books):
    bought = books.buy(7000)
    books.spend(70, recorded=bought)
    books.refund(bought, 7000)
    assert [(kind, amount, owed) for kind, amount, owed, _ in told(books)] == [
        ("award", 70, 0), ("spend", -70, 0), ("give_back", 70, 0), ("take_back", -70, 0),
    ]  # fmt: skip
