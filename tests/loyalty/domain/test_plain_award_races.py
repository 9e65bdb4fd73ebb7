"""What another transaction does while the one statement waits for its lock, on PostgreSQL: nothing of it is missed.

The statement's snapshot is from before it waited. Each guard has a twin that shows what happens without it.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from loyalty.domain import locks, program, refunds
from loyalty.domain.actors import Actor
from loyalty.domain.ledger import plain
from loyalty.domain.ledger.plain import postgresql
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.domain.sale_input import Recorded
from loyalty.models import Account, Channel, Posting, Sale, UnitKind
from loyalty.queries.program import live_program
from tests.loyalty.books import Books
from tests.loyalty.domain.test_ledger_races import assert_sound, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LOCK = "FOR NO KEY UPDATE"


@pytest.fixture
def books(books: Books) -> Books:
    books.buy(10000, key="first")
    return books


@pytest.fixture
def unlocked() -> Callable[[int], None]:
    """Take the n-th lock out of the statement: 0 is the account's, 1 that of its balances."""
    with pytest.MonkeyPatch.context() as patch:

        def take_out(number: int) -> None:
            parts = postgresql.statement(1).split(LOCK)
            text = LOCK.join(parts[: number + 1]) + LOCK.join(parts[number + 1 :])
            patch.setattr(postgresql, "statement", lambda count: text)

        yield take_out


def while_it_waits(books: Books, act: Callable[[], object]) -> tuple[object, list[bool]]:
    """Hold the account, let a purchase wait for it, act, let go; return its answer and whether it was plain."""
    plainly: list[bool] = []
    book = plain.book

    def noting(purchase: plain.Purchase) -> plain.Booked | None:
        booked = book(purchase)
        plainly.append(booked is not None)
        return booked

    def buy() -> object:
        try:
            return books.buy(1000, key="later")
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr(plain, "book", noting)
        with transaction.atomic():
            locks.lock_account(books.account)
            later = pool.submit(buy)
            assert is_waiting()
            patch.undo()
            act()
        # What the verbs make of it afterwards is told by their own tests.
        return later.exception() or later.result(), plainly


def is_waiting() -> bool:
    """Whether somebody comes to wait for a lock within half a minute."""
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.05)
    return False


def spend_and_owe(books: Books) -> None:
    books.spend(100)
    refunds.refund(
        sale=Sale.objects.get(key="first"), amount=10000, key="r", by=books.by, at=books.at, happened_at=books.at
    )
    assert books.owed == 100


def test_what_became_owed_is_paid(books: Books) -> None:
    _, plainly = while_it_waits(books, lambda: spend_and_owe(books))
    assert plainly == [False]
    assert (books.balance, books.owed) == (0, 90)
    assert_sound()


def test_without_the_lock_on_the_balance_it_is_not(books: Books, unlocked: Callable[[int], None]) -> None:
    unlocked(1)
    _, plainly = while_it_waits(books, lambda: spend_and_owe(books))
    assert plainly == [True]
    assert (books.balance, books.owed) == (10, 100)


def test_an_award_in_between_counts(books: Books) -> None:
    _, plainly = while_it_waits(books, lambda: books.give(7))
    assert plainly == [True]
    assert books.balance == 117
    assert_sound()


def close(books: Books) -> None:
    Account.objects.filter(pk=books.account.pk).update(closed_at=books.at)


def merge(books: Books) -> None:
    other = Account.objects.create(business=books.role.business, card_code="other", opened_at=books.at)
    Account.objects.filter(pk=books.account.pk).update(merged_into=other)


@pytest.mark.parametrize("act", [close, merge])
def test_an_account_that_was_closed_or_merged_is_not_plain(books: Books, act: Callable[[Books], None]) -> None:
    answer, plainly = while_it_waits(books, lambda: act(books))
    assert plainly == [False], answer


@pytest.mark.parametrize("act", [close, merge])
def test_without_the_lock_on_the_account_it_would_be(
    books: Books, unlocked: Callable[[int], None], act: Callable[[Books], None]
) -> None:
    unlocked(0)
    # It waits at its end only, where the foreign keys are checked.
    _, plainly = while_it_waits(books, lambda: act(books))
    assert plainly == [True]


def test_the_same_key_in_between_is_met(books: Books) -> None:
    first: list[Recorded] = []
    later, plainly = while_it_waits(books, lambda: first.append(books.buy(1000, key="later")))
    assert plainly == [False]
    assert (later.sale_id, later.again) == (first[0].sale_id, True)
    assert Sale.objects.filter(key="later").count() == 1
    assert_sound()


def test_a_version_that_went_live_before_it_began_is_the_one(books: Books) -> None:
    live_program(books.role.business)
    by = Actor(Channel.CONSOLE, books.role.user, books.role)
    units = [UnitDraft("points", UnitKind.POINTS, "points", "point")]
    rules = [RuleDraft("points", "Double", "purchase", "per_amount", 2, per_amount=100)]
    program.draft(business=books.role.business, name="More", units=units, rules=rules, by=by, at=books.at)
    program.go_live(business=books.role.business, by=by, at=books.at)
    race(lambda number: books.buy(1000, key=f"race-{number}"))
    assert books.balance == 100 + 20 * 20
    assert_sound()


def test_twenty_times_the_same_key_at_once(books: Books) -> None:
    answers = race(lambda number: books.buy(1000, key="once"))
    assert len({answer.sale_id for answer in answers}) == 1
    assert sorted(answer.again for answer in answers) == [False] + [True] * 19
    assert_sound()


def test_twenty_awards_at_once_all_count(books: Books) -> None:
    answers = race(lambda number: books.buy(1000, key=f"race-{number}"))
    assert len({answer.sale_id for answer in answers}) == 20
    assert books.balance == 100 + 20 * 10
    assert sorted(Posting.objects.get(pk=answer.posting_id).entries.get().seq for answer in answers) == [*range(2, 22)]
    assert_sound()
