"""Corruptions planted by SQL behind the back of the product, in books in which everything has happened."""

from datetime import date, datetime, timedelta

from django.db import connection

from loyalty import guards
from loyalty.domain import chain
from loyalty.domain.accounts import open_account
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books

NOW = START + timedelta(days=40)

type Planted = dict[str, list[str]]
"""By the name of the invariant that must find it, statements with facts in braces."""


def lively() -> Books:
    """Return books in which everything has happened that the ledger knows, chained and sealed."""
    books = open_books(expiry="days", expiry_count=30)
    books.give(100, last_good_day=date(2026, 2, 1))
    bought = books.buy(7000, receipt="R-1")
    undone = books.spend(60)
    books.undo(undone)
    books.spend(120)
    books.refund(bought, 7000)
    books.buy(2500, at=START + timedelta(days=2), receipt="R-2")
    books.buy(9000, at=START + timedelta(days=3))
    books.expire(START + timedelta(days=33))
    chain.extend()
    chain.seal(business=books.role.business, at=NOW)
    return books


def broken(at: datetime = NOW) -> dict[str, tuple[str, ...]]:
    """Return the invariants that do not hold, with the rows they name."""
    return {finding.invariant: finding.faults for finding in verify(at=at) if finding.number}


def shadow(table: str) -> str:
    """Return the statement that hides a table behind a copy of itself without any constraint."""
    return f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM {'public' if is_postgres() else 'main'}.{table}"


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def plant(statements: list[str], books: Books) -> dict[str, object]:
    """Run statements with the guards off, and set these again; return the facts that they were told."""
    found = facts(books)
    execute([statement.format(**found) for statement in statements])
    return found


def execute(statements: list[str]) -> None:
    """Run statements with the guards off, and set these again; SHADOW hides a table behind a copy to be changed."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            table = statement.removeprefix("SHADOW ")
            cursor.execute(statement if table == statement else shadow(table))
        if is_postgres():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    guards.install(connection)


def facts(books: Books) -> dict[str, object]:
    """Return the rows that corruptions speak of."""
    other = open_account(business=books.role.business, at=START)
    return {
        "account": books.account.pk,
        "business": books.role.business_id,
        "other": other.pk,
        "staff": books.role.pk,
        "unit": books.unit.pk,
        "uuid": "'00000000000040008000000000000001'",
        "first_posting": one("SELECT MIN(id) FROM loyalty_posting"),
        "last_posting": one("SELECT MAX(id) FROM loyalty_posting"),
        "award": one("SELECT MIN(id) FROM loyalty_entry WHERE kind = 'award'"),
        "spend": one("SELECT MAX(id) FROM loyalty_entry WHERE kind = 'spend'"),
        "last_entry": one("SELECT MAX(id) FROM loyalty_entry"),
        "undone": one("SELECT reverses_id FROM loyalty_posting WHERE kind = 'undo'"),
        "lot": one("SELECT MIN(id) FROM loyalty_lot"),
        "open_lot": one("SELECT MAX(id) FROM loyalty_lot WHERE remaining > 0"),
        "second_lot": one("SELECT MIN(id) + 1 FROM loyalty_lot"),
        "last_lot": one("SELECT MAX(id) FROM loyalty_lot"),
        "use": one("SELECT MIN(id) FROM loyalty_lotuse"),
    }


def one(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def prove_found(invariant: str, statements: list[str]) -> None:
    """Plant a corruption in sound books: the invariant of this name, which held before, names a row at fault."""
    books = lively()
    assert broken() == {}
    plant(statements, books)
    assert broken().get(invariant)
