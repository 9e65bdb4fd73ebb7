"""Twenty threads at a purchase that is being moved, on PostgreSQL: it is earned once, wherever it ends up."""

from dataclasses import replace
from threading import Barrier

import pytest
from django.db import IntegrityError

from loyalty.domain import ledger, locks, moving, refunds, sales
from loyalty.domain.accounts import open_account
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Account, Sale
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books
from tests.loyalty.domain.test_ledger_races import PATIENCE, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def three() -> list[Books]:
    """Three customers, the first of whom the purchase was recorded for."""
    first = open_books()
    return [first, *(replace(first, account=open_account(business=first.role.business, at=START)) for _ in range(2))]


def move(pk: int, target: Books, number: int) -> Sale:
    sale = Sale.objects.select_related("account__business").get(pk=pk)
    return moving.move(
        sale=sale, target=target.account, key=f"m{number}", by=target.by, at=START, customer=CustomerFacts()
    )


def faults() -> list[str]:
    return [finding.invariant for finding in verify() if finding.faults]


def held(books: list[Books]) -> int:
    return sum(each.account.balances.get().amount for each in books if each.account.balances.exists())


def test_moved_to_and_fro_it_is_earned_once():
    books = three()
    pk = books[0].buy(10000).sale.pk
    answers = race(lambda number: move(pk, books[number % 3], number))
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    assert [error for error in errors if not isinstance(error, moving.SameAccount)] == []
    assert held(books) == 100
    assert Sale.objects.get().account.balances.get().amount == 100
    assert faults() == []


def test_refunds_find_it_wherever_it_is():
    books = three()
    pk = books[0].buy(10000).sale.pk

    def act(number: int) -> object:
        if number % 2:
            return refunds.refund(
                sale=Sale.objects.get(), amount=500, key=f"refund-{number}", by=books[0].by, at=START,
                happened_at=START,
            )  # fmt: skip
        return move(pk, books[number % 3], number)

    answers = race(act)
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    assert [error for error in errors if not isinstance(error, moving.SameAccount)] == []
    assert (held(books), Sale.objects.get().refunded) == (50, 5000)
    assert faults() == []


def test_without_the_lock_two_moves_meet(monkeypatch):
    books = three()
    pk = books[0].buy(10000).sale.pk
    both_have_looked = Barrier(2)

    def look_without_locking(sale: Sale, also: Account | None = None) -> Sale:
        row = Sale.objects.get(pk=sale.pk)
        both_have_looked.wait(timeout=PATIENCE)
        return row

    monkeypatch.setattr(locks, "lock_sale", look_without_locking)
    answers = race(lambda number: move(pk, books[1 + number], number), 2)
    refused = (ledger.KeyReused, ledger.AlreadyUndone, IntegrityError)
    assert any(isinstance(answer, refused) for answer in answers) or held(books) != 100


def test_an_undo_and_moves_leave_nothing_behind():
    books = three()
    bought = books[0].buy(10000)

    def act(number: int) -> object:
        if number == 9:
            return sales.undo(sale=Sale.objects.get(), key="undo", by=books[0].by, at=START)
        return move(bought.sale.pk, books[number % 3], number)

    answers = race(act)
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    assert [error for error in errors if not isinstance(error, moving.SameAccount | moving.Undone)] == []
    assert (held(books), faults()) == (0, [])
