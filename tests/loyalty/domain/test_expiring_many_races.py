"""The expiry job beside itself and beside tills, on PostgreSQL: every lot runs out once, and nobody sees a deadlock."""

from collections import Counter
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError

from loyalty.domain import expiry, locks
from loyalty.domain.accounts import open_account
from loyalty.models import Account, Entry, EntryKind, Lot
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books
from tests.loyalty.domain.test_ledger_races import PATIENCE, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LATE = START + timedelta(days=30)
CARDS, LOTS = 6, 8


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> list[Books]:
    """Cards with lots that have run out, crosswise in the order of the lots, and one that is good; small pieces."""
    monkeypatch.setattr(expiry, "LOTS_AT_ONCE", 5)
    first = open_books()
    accounts = [first.account, *(open_account(business=first.role.business, at=START) for _ in range(CARDS - 1))]
    found = [Books(first.role, account, first.unit, numbers=first.numbers) for account in accounts]
    for number in range(LOTS):
        for card in found if number % 2 else reversed(found):
            card.give(10, last_good_day=START.date() + timedelta(days=number))
    for card in found:
        card.give(100)
    return found


def expired() -> Counter[int]:
    """Return how often each lot ran out."""
    return Counter(Entry.objects.filter(kind=EntryKind.EXPIRE).values_list("lot_uses__lot", flat=True))


def faults() -> list[str]:
    return [finding.invariant for finding in verify() if finding.faults]


def test_twenty_jobs_at_once_book_each_lot_once(cards: list[Books]):
    answers = race(lambda _: cards[0].expire(LATE))
    assert sum(answers) == CARDS * LOTS
    assert set(expired().values()) == {1}
    assert [card.balance for card in cards] == [100] * CARDS
    assert faults() == []


def test_jobs_and_tills_at_once_lose_nothing(cards: list[Books]):
    def act(number: int) -> object:
        card = cards[number % CARDS]
        if number % 4 == 0:
            return card.expire(LATE)
        if number % 4 == 1:
            return card.spend(10, at=LATE, key=f"spend-{number}")
        return card.buy(1000, at=LATE, key=f"till-{number}")

    answers = race(act)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert sum(card.balance for card in cards) == CARDS * 100 - 5 * 10 + 10 * 10
    assert (sum(expired().values()), set(expired().values())) == (CARDS * LOTS, {1})
    assert faults() == []


def test_without_the_locks_only_the_keys_stand_in_the_way(cards: list[Books], monkeypatch: pytest.MonkeyPatch):
    meet = Barrier(2).wait

    def look(ids) -> dict[int, locks.Rest]:
        found = Lot.objects.filter(pk__in=ids, remaining__gt=0).values_list(
            "pk", "unit_id", "remaining", "last_good_day"
        )
        rests = {pk: locks.Rest(*rest) for pk, *rest in found}
        meet(timeout=PATIENCE)
        return rests

    monkeypatch.setattr(expiry, "LOTS_AT_ONCE", CARDS * LOTS)
    monkeypatch.setattr(locks, "lock_many_accounts", lambda ids: list(Account.objects.filter(pk__in=ids)))
    monkeypatch.setattr(locks, "lock_rests", look)
    answers = race(lambda _: cards[0].expire(LATE), 2)
    assert sorted(type(answer).__name__ for answer in answers) == sorted([int.__name__, IntegrityError.__name__])


def test_a_till_waits_for_no_more_than_a_piece(cards: list[Books]):
    """Between two pieces the job holds nothing: a till books on the card of the piece that was just booked."""
    turns: list[int] = []

    def till() -> None:
        (answer,) = race(lambda _: cards[0].spend(1, at=LATE, key=f"till-{len(turns)}"), 1)
        assert not isinstance(answer, Exception)
        turns.append(1)

    expiry.expire_due(business=cards[0].role.business, at=LATE, between=till)
    assert len(turns) == -(-CARDS * LOTS // 5)
