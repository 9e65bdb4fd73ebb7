"""Many rows of a table at once, numbered before they are written: a model instance for each would cost the most.

PostgreSQL takes them by COPY, SQLite by executemany; constraints and triggers see them as they see any row. Cells are
numbers and text, and nothing is converted on the way: moment(), day() and new_ids() make text that both databases take.
"""

import os
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from loyalty.models.lookups import array

type Cells = tuple[Any, ...]


def moment(at: datetime) -> str:
    """Return an aware moment as the database keeps it. Later ones are greater, also as text."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ") + _offset()


@cache
def _offset() -> str:
    """Return what follows a moment in UTC: SQLite's have no zone."""
    return "" if connection.vendor == "sqlite" else "+00"


def day(of: date | None) -> str | None:
    """Return a day as the database keeps it, and None as it is."""
    return of.isoformat() if of else None


_VARIANTS = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


def new_ids(count: int) -> list[str]:
    """Return so many random public ids, each the 32 digits of what uuid4() gives."""
    digits = os.urandom(16 * count).hex()
    return [
        f"{digits[n : n + 12]}4{digits[n + 13 : n + 16]}{_VARIANTS[digits[n + 16]]}{digits[n + 17 : n + 32]}"
        for n in range(0, 32 * count, 32)
    ]


def take_numbers(model: type[Model], count: int) -> Sequence[int]:
    """Return numbers for so many rows to come, rising. On SQLite they are to be written before more are taken.

    The caller is in a transaction that may write.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            last = next(iter(cursor), (0,))[0]
            return range(last + 1, last + 1 + count)
        # OFFSET 0: the sequence is looked up once, not for each number.
        cursor.execute(
            "SELECT nextval(name) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) AS known,"
            " generate_series(1, %s)",
            [table, count],
        )
        return [number for (number,) in cursor.fetchall()]


def write(model: type[Model], names: Sequence[str], rows: Collection[Cells]) -> None:
    """Write rows whose cells are for the columns named; any other column gets its default. Raises IntegrityError."""
    if not rows:
        return
    others = _defaults(model, tuple(names))
    columns = ", ".join((*names, *others))
    rest = tuple(others.values())
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * (len(names) + len(rest)))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
            cursor.executemany(statement, [row + rest for row in rows])
            return
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row + rest)


def put(
    model: type[Model],
    names: Sequence[str],
    rows: Collection[Cells],
    *,
    once: Sequence[str],
    add: Collection[str] = (),
    latest: Collection[str] = (),
) -> None:
    """Write rows, or change those that are there: once names the columns by which a row is known.

    A row that is there takes the new cells, but adds those of the columns in add to its own, and of those in latest
    keeps the later. Any other column gets its default, or stays. Cells are numbers, moments and None.
    """
    if not rows:
        return
    others = _defaults(model, tuple(names))
    table, columns = model._meta.db_table, ", ".join((*names, *others))
    changes = ", ".join(f"{name} = {_change(table, name, add, latest)}" for name in names if name not in once)
    known = f"ON CONFLICT ({', '.join(once)}) DO UPDATE SET {changes}"
    rest = tuple(others.values())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * (len(names) + len(rest)))
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks}) {known}",  # noqa: S608
                [row + rest for row in rows],
            )
            return
        types = {str(field.column): field.db_type(connection) for field in model._meta.concrete_fields}
        arrays = ", ".join(f"%s::{types[name]}[]" for name in names)
        marks = "".join(", %s" for _ in rest)
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT given.*{marks} FROM unnest({arrays}) AS given {known}",  # noqa: S608
            [*rest, *(array(cells) for cells in zip(*rows, strict=True))],
        )


def _change(table: str, name: str, add: Collection[str], latest: Collection[str]) -> str:
    """Return what a column of a row that is there becomes."""
    if name in add:
        return f"{table}.{name} + excluded.{name}"
    if name not in latest:
        return f"excluded.{name}"
    if connection.vendor == "sqlite":
        return f"COALESCE(MAX({table}.{name}, excluded.{name}), excluded.{name}, {table}.{name})"
    return f"GREATEST({table}.{name}, excluded.{name})"


@cache
def _defaults(model: type[Model], names: Sequence[str]) -> dict[str, Any]:
    """Return what the columns that are not named get. A number that is not named is the database's to give."""
    return {
        str(field.column): field.get_default()
        for field in model._meta.concrete_fields
        if str(field.column) not in names and not field.primary_key
    }
