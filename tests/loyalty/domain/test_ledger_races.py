"""Twenty threads on one account, on PostgreSQL: the lock holds, and without it the same race overspends."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from loyalty.domain import ledger, locks, refunds, sales
from loyalty.models import Account, Balance, Entry, Lot, Posting, PostingKind
from loyalty.queries.verify import verify
from tests.loyalty.books import Books

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

THREADS = 20
PATIENCE = 60
"""Seconds in which all must have looked, in the races that are run without a lock."""


def race(act: Callable[[int], object], threads: int = THREADS) -> list[object]:
    """Run act(0), act(1) … at the same moment; return each answer or the error it raised."""
    barrier = Barrier(threads)

    def run(number: int) -> object:
        try:
            barrier.wait()
            return act(number)
        except Exception as error:  # noqa: BLE001 - the error is the answer
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def assert_sound() -> None:
    assert [finding for finding in verify() if finding.faults] == []


def test_the_same_balance_is_spent_once(books: Books):
    books.give(100)
    answers = race(lambda number: books.spend(100, key=f"race-{number}"))
    assert sum(isinstance(answer, ledger.NotEnough) for answer in answers) == THREADS - 1
    assert books.balance == 0
    assert_sound()


def test_without_the_lock_only_the_numbers_of_the_entries_stand_in_the_way(books: Books, monkeypatch):
    books.give(100)
    meet = Barrier(2).wait

    def together(look: Callable[..., object]) -> Callable[..., object]:
        def look_and_meet(*what: object) -> object:
            found = look(*what)
            meet(timeout=PATIENCE)
            return found

        return look_and_meet

    monkeypatch.setattr(locks, "lock_account", together(lambda account: Account.objects.get(pk=account.pk)))
    monkeypatch.setattr(locks, "lock_open_lots", together(unlocked_lots))
    monkeypatch.setattr(locks, "lock_balances", together(unlocked_balances))
    answers = race(lambda number: books.spend(100, key=f"race-{number}"), 2)
    assert Counter(type(answer) for answer in answers) == {Posting: 1, IntegrityError: 1}


def unlocked_lots(account: Account, unit_id: int) -> list[Lot]:
    return list(Lot.objects.filter(account=account, unit_id=unit_id, remaining__gt=0).order_by("pk"))


def unlocked_balances(account: Account, unit_ids: list[int]) -> dict[int, Balance]:
    return {balance.unit_id: balance for balance in Balance.objects.filter(account=account, unit_id__in=unit_ids)}


def test_one_key_books_once_and_everybody_gets_its_posting(books: Books):
    books.give(100)
    answers = race(lambda number: books.spend(10, key="form-1"))
    assert len({answer.pk for answer in answers}) == 1
    assert books.balance == 90
    assert_sound()


def test_one_receipt_is_recorded_once(books: Books):
    answers = race(lambda number: books.buy(1000, key=f"till-{number}", receipt="R-1"))
    assert sum(isinstance(answer, sales.ReceiptAlreadyBooked) for answer in answers) == THREADS - 1
    assert books.balance == 10
    assert_sound()


def test_one_refund_of_twenty(books: Books):
    bought = books.buy(10000)
    answers = race(lambda number: books.refund(bought, 10000, key=f"refund-{number}"))
    assert sum(isinstance(answer, refunds.RefundTooLarge) for answer in answers) == THREADS - 1
    assert (books.balance, books.owed) == (0, 0)
    assert_sound()


def test_one_undo_of_twenty(books: Books):
    books.give(100)
    spent = books.spend(60)
    answers = race(lambda number: books.undo(spent, key=f"undo-{number}"))
    assert sum(isinstance(answer, ledger.AlreadyUndone) for answer in answers) == THREADS - 1
    assert books.balance == 100
    assert_sound()


def test_expiry_against_spending_never_takes_twice(books: Books):
    from datetime import timedelta

    books.offers(expiry="days", expiry_count=1)
    books.buy(10000)
    late = books.at + timedelta(days=2)

    def act(number: int) -> object:
        if number % 2:
            return books.expire(late)
        return books.spend(100, key=f"race-{number}", at=books.at)

    race(act)
    kinds = list(Entry.objects.exclude(kind="award").values_list("kind", "amount"))
    assert kinds in ([("spend", -100)], [("expire", -100)])
    assert_sound()


def test_awards_and_spendings_at_once_add_up(books: Books):
    books.give(1000)

    def act(number: int) -> object:
        if number % 2:
            return books.buy(1000, key=f"till-{number}")
        return books.spend(50, key=f"race-{number}")

    answers = race(act)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert books.balance == 1000 + 10 * 10 - 10 * 50
    assert Entry.objects.filter(posting__kind=PostingKind.PURCHASE).count() == 10
    assert_sound()
