"""Twenty threads at a card that is being merged, on PostgreSQL: nothing is left behind, nobody sees a deadlock."""

from collections.abc import Iterable
from dataclasses import replace
from threading import Event

import pytest

from loyalty.domain import accounts, ledger, locks, merging
from loyalty.domain.accounts import open_account
from loyalty.models import Account, AccountMerge
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books
from tests.loyalty.domain.test_ledger_races import PATIENCE, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def two(newer_first: bool) -> tuple[Books, Books]:
    """The source and the target of a merge, either of which may be the first in the order of locks."""
    first = open_books()
    second = replace(first, account=open_account(business=first.role.business, at=START))
    first.buy(100)
    second.buy(100)
    return (second, first) if newer_first else (first, second)


def stale(books: Books) -> Books:
    """The same card as a request knows it that was there before the merge."""
    return replace(books, account=Account.objects.select_related("business").get(pk=books.account.pk))


def merge_among_purchases(source: Books, target: Books) -> list[object]:
    sources = [stale(source) for _ in range(20)]

    def act(number: int) -> object:
        if number == 7:
            return merging.merge(source=sources[7].account, target=target.account, key="m", by=source.by, at=START)
        return sources[number].buy(1000, key=f"till-{number}")

    return race(act)


def faults() -> list[str]:
    return [finding.invariant for finding in verify() if finding.faults]


@pytest.mark.parametrize("newer_first", [False, True])
def test_purchases_while_their_card_is_merged_all_reach_the_target(newer_first):
    source, target = two(newer_first)
    answers = merge_among_purchases(source, target)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert (source.balance, target.balance) == (0, 2 + 19 * 10)
    assert faults() == []


def test_without_the_lock_of_the_trail_a_gift_is_left_behind(monkeypatch):
    source, target = two(newer_first=False)
    looked, merged = Event(), Event()

    def look_without_locking(ids: Iterable[int]) -> list[Account]:
        rows = list(Account.objects.filter(pk__in=set(ids)).order_by("pk"))
        looked.set()
        merged.wait(PATIENCE)
        return rows

    def act(number: int) -> object:
        if number:
            return stale(source).give(7)
        looked.wait(PATIENCE)
        monkeypatch.undo()
        merging.merge(source=source.account, target=target.account, key="m", by=source.by, at=START)
        return merged.set()

    monkeypatch.setattr(locks, "lock_accounts", look_without_locking)
    answers = race(act, 2)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert (source.balance, target.balance) == (7, 2)
    assert faults() == ["a merged account is empty"]


@pytest.mark.parametrize("newer_first", [False, True])
def test_merges_partings_and_bookings_at_once_lose_nothing(newer_first):
    source, target = two(newer_first)
    bought = source.buy(100000)

    def act(number: int) -> object:
        if number % 5 == 0:
            return merging.merge(
                source=stale(source).account, target=stale(target).account, key=f"m{number}", by=source.by, at=START
            )
        if number % 5 == 1:
            standing = AccountMerge.objects.filter(undone_at=None).first()
            return standing and merging.undo(merge=standing, by=source.by, at=START)
        if number % 5 == 2:
            return stale(source).refund(bought, 1000, key=f"refund-{number}")
        return (stale(source) if number % 2 else stale(target)).buy(1000, key=f"till-{number}")

    answers = race(act)
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    assert [error for error in errors if not isinstance(error, merging.AlreadyMerged)] == []
    assert source.balance + target.balance - source.owed - target.owed == 2 + 1000 - 4 * 10 + 8 * 10
    assert faults() == []


def test_one_merge_of_twenty():
    source, target = two(newer_first=False)
    answers = race(
        lambda number: merging.merge(
            source=source.account, target=target.account, key=f"m{number}", by=source.by, at=START
        )
    )
    assert sum(isinstance(answer, merging.AlreadyMerged) for answer in answers) == 19
    assert target.balance == 2
    assert faults() == []


def test_nothing_new_is_booked_once_an_account_is_closed():
    """Twenty tills book on a card while it is closed: who comes after that is refused."""
    books = open_books()
    books.give(5)
    stales = [stale(books) for _ in range(20)]

    def act(number: int) -> object:
        if number == 7:
            return accounts.close(account=stales[7].account, by=books.by, at=START)
        return stales[number].buy(1000, key=f"till-{number}")

    answers = race(act)
    errors = {type(answer) for answer in answers if isinstance(answer, Exception)}
    assert errors <= {ledger.AccountClosed}
    assert faults() == []
