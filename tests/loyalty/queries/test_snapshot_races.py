"""A report beside tills that book between its questions: it tells of one moment, holds nobody up, and cries no wolf."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from threading import Event

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from loyalty.domain import rebuilding
from loyalty.models import Account, Balance, Sale
from loyalty.queries import snapshot
from loyalty.queries.books import books as books_of
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = 60


def elsewhere[A](act: Callable[[], A]) -> A:
    """Act on a connection of its own, and wait for the end of it."""

    def run() -> A:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@contextmanager
def a_purchase_after_each_question(books: Books) -> Iterator[None]:
    """Let another connection book a purchase after each question that this one asks."""

    def asked(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("SELECT"):
            elsewhere(lambda: books.buy(100))
        return answer

    with connection.execute_wrapper(asked):
        yield


@contextmanager
def a_busy_till(books: Books) -> Iterator[None]:
    """Let another connection book one purchase after the other, and one before anything else happens."""
    busy, over = Event(), Event()

    def book() -> None:
        while not over.is_set():
            books.buy(100)
            busy.set()

    with ThreadPoolExecutor(1) as pool:
        till = pool.submit(elsewhere, book)
        try:
            busy.wait()
            yield
        finally:
            over.set()
            till.result()


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "snapshot", nullcontext)


def is_balanced(books: Books) -> bool:
    return books_of(books.role.business, START).balanced


def faults() -> list[str]:
    return [finding.invariant for finding in verify() if finding.faults]


class TestBetweenTheQuestions:
    def test_the_books_balance(self, books: Books):
        books.buy(100)
        with a_purchase_after_each_question(books):
            assert is_balanced(books)
        assert Sale.objects.count() > 1

    def test_without_the_snapshot_they_seem_not_to(self, books: Books, unguarded):
        books.buy(100)
        with a_purchase_after_each_question(books):
            assert not is_balanced(books)
        assert is_balanced(books)

    def test_no_cached_number_seems_wrong(self, books: Books):
        books.buy(100)
        with a_purchase_after_each_question(books):
            assert list(rebuilding.find(business=None)) == []

    def test_without_the_snapshot_cached_numbers_seem_wrong(self, books: Books, unguarded):
        books.buy(100)
        with a_purchase_after_each_question(books):
            assert list(rebuilding.find(business=None)) != []

    def test_what_is_wrong_is_still_found(self, books: Books):
        books.buy(100)
        Balance.objects.update(amount=F("amount") + 1)
        with a_purchase_after_each_question(books):
            assert not is_balanced(books)


class TestBesideABusyTill:
    def test_no_look_of_sixty_is_a_false_alarm(self, books: Books):
        with a_busy_till(books):
            assert [is_balanced(books) for _ in range(LOOKS)] == [True] * LOOKS

    def test_each_look_of_sixty_sees_a_real_fault(self, books: Books):
        books.buy(100)
        Balance.objects.update(amount=F("amount") + 1)
        with a_busy_till(books):
            assert [is_balanced(books) for _ in range(LOOKS)] == [False] * LOOKS

    def test_the_proof_finds_no_fault(self, books: Books):
        with a_busy_till(books):
            assert faults() == []


class TestASnapshot:
    def test_is_of_its_first_question(self, books: Books):
        with snapshot.snapshot():
            before = Sale.objects.count()
            elsewhere(lambda: books.buy(100))
            assert (before, Sale.objects.count()) == (0, 0)
        assert Sale.objects.count() == 1

    def test_writes_nothing(self, books: Books):
        with pytest.raises(DatabaseError), snapshot.snapshot():
            Account.objects.update(closed_at=START)
        assert not Account.objects.exclude(closed_at=None).exists()

    def test_leaves_the_connection_as_it_was(self, books: Books):
        with snapshot.snapshot():
            Sale.objects.count()
        assert books.buy(100).sale.pk
        assert not connection.in_atomic_block

    def test_within_another_is_the_same(self, books: Books):
        with snapshot.snapshot():
            before = Sale.objects.count()
            with snapshot.snapshot():
                elsewhere(lambda: books.buy(100))
                assert Sale.objects.count() == before

    def test_waits_for_no_writer(self, books: Books):
        """The writer holds its transaction open, and on SQLite the turn, while this looks."""
        with transaction.atomic():
            books.buy(100)
            assert elsewhere(lambda: is_balanced(books))
