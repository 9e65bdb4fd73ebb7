"""Reading several things as they were at one moment: what is booked meanwhile is in none of them, or in all.

A report asks several questions, and each sees what was booked before it was asked. Sums that must agree would differ by
what a till books in between, and a page would raise a false alarm (docs/ledger.md, "The books").
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Let all questions asked in the block see the rows of one moment, that of the first; it waits for no writer.

    The database refuses to write in it, and no writer waits for it. Inside a transaction it is the caller's, which may
    write and, on PostgreSQL, may see what is committed meanwhile.
    """
    if connection.in_atomic_block:
        yield
        return
    with _READERS[connection.vendor]():
        yield


def of_one_moment[**P, R](query: Callable[P, R]) -> Callable[P, R]:
    """Have a query ask all its questions in one snapshot. What it returns must be read, not still to be asked for."""

    @wraps(query)
    def asked_at_once(*args: P.args, **kwargs: P.kwargs) -> R:
        with snapshot():
            return query(*args, **kwargs)

    return asked_at_once


@contextmanager
def _postgresql() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _sqlite() -> Iterator[None]:
    """A deferred transaction takes no turn to write, and sees the file as it was at its first question (WAL)."""
    connection.ensure_connection()
    sqlite = cast(Any, connections[DEFAULT_DB_ALIAS])
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        _ask("PRAGMA query_only = ON")
        with transaction.atomic():
            yield
    finally:
        sqlite.transaction_mode = usual
        _ask("PRAGMA query_only = OFF")


def _ask(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


_READERS = {"postgresql": _postgresql, "sqlite": _sqlite}
