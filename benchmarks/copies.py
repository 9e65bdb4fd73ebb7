"""The anchor of an import: the rows that it left, copied bare to other accounts, with the driver alone.

No rules, no checks and no file: the rows lie ready before the clock runs, keys, explanations and all. They go into the
same tables with the same indexes and triggers: by COPY on PostgreSQL, by executemany on SQLite.
"""

import json
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection
from django.db.models import Max, Model

from benchmarks.scratch import dsn
from loyalty.models import Balance, Entry, Lot, Posting, Sale, SaleLine

TABLES: tuple[type[Model], ...] = (Sale, SaleLine, Posting, Entry, Lot)
PARENTS: Mapping[type[Model], tuple[str, type[Model]]] = {
    SaleLine: ("sale_id", Sale), Posting: ("sale_id", Sale), Entry: ("posting_id", Posting), Lot: ("entry_id", Entry),
}  # fmt: skip
BALANCE = [str(field.column) for field in Balance._meta.concrete_fields if not field.primary_key]

type Row = dict[str, Any]
type Rows = dict[type[Model], list[Row]]
type Cells = tuple[Any, ...]
type Names = Mapping[type[Model], Sequence[str]]
type Ready = Mapping[type[Model], list[Cells]]


class Copies(ABC):
    """Copies what was written since the last time. accounts: on whose account the rows of an account go."""

    base: psycopg.Connection | sqlite3.Connection

    def __init__(self, accounts: Mapping[int, int]) -> None:
        self.accounts = accounts
        self.seen = {table: last_number(table) for table in TABLES}

    def copy(self) -> float:
        """Copy the new rows; return the seconds that the writing took."""
        rows = {table: rows_where(table, f"id > {self.seen[table]} ORDER BY id") for table in TABLES}
        if not rows[Sale]:
            return 0.0
        balances = rows_where(Balance, f"account_id IN ({', '.join(map(str, self._moved(rows)))}) ORDER BY id")
        self._renumber(rows)
        ready = {table: [tuple(row.values()) for row in of_table] for table, of_table in rows.items()}
        sums = [self._sums(row) for row in balances]
        columns = {table: list(of_table[0]) for table, of_table in rows.items()}
        begun = time.perf_counter()
        self.write(columns, ready, sums)
        spent = time.perf_counter() - begun
        self.tidy()
        self.seen = {table: last_number(table) for table in TABLES}
        return spent

    @abstractmethod
    def write(self, columns: Names, rows: Ready, sums: list[Cells]) -> None:
        """Write the rows of each table, and the balances, in one transaction."""

    @abstractmethod
    def tidy(self) -> None:
        """Make good what was left aside while the clock ran."""

    def _moved(self, rows: Rows) -> set[int]:
        return {row["account_id"] for row in rows[Entry]}

    def _renumber(self, rows: Rows) -> None:
        """Give the rows numbers, keys and accounts of their own, in place."""
        numbers: dict[type[Model], dict[int, int]] = {}
        for table in TABLES:
            free = last_number(table) + 1
            numbers[table] = {row["id"]: number for number, row in enumerate(rows[table], free)}
            for row in rows[table]:
                self._own(row)
                row["id"] = numbers[table][row["id"]]
                if table in PARENTS:
                    column, parent = PARENTS[table]
                    row[column] = numbers[parent][row[column]]

    def _own(self, row: Row) -> None:
        if "account_id" in row:
            row["account_id"] = self.accounts[row["account_id"]]
        if "public_id" in row:
            row["public_id"] = uuid4().hex
        if "key" in row:
            row["key"] = f"copy {row['key']}"
        if row.get("receipt"):
            row["receipt"] = f"copy {row['receipt']}"

    def _sums(self, row: Row) -> Cells:
        row["account_id"] = self.accounts[row["account_id"]]
        return tuple(row[name] for name in BALANCE)


def last_number(table: type[Model]) -> int:
    return table._base_manager.aggregate(last=Max("pk"))["last"] or 0


def rows_where(table: type[Model], where: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table._meta.db_table} WHERE {where}")  # noqa: S608
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor]


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else value


def _upsert(mark: str) -> str:
    """Return the statement that writes a balance, with a mark for each value."""
    changes = ", ".join(f"{name} = excluded.{name}" for name in BALANCE if name not in ("account_id", "unit_id"))
    return (
        f"INSERT INTO loyalty_balance ({', '.join(BALANCE)}) VALUES ({', '.join([mark] * len(BALANCE))}) "  # noqa: S608
        f"ON CONFLICT (account_id, unit_id) DO UPDATE SET {changes}"
    )


class PostgresCopies(Copies):
    """COPY of each table, and the balances in one go."""

    def __init__(self, url: str, accounts: Mapping[int, int]) -> None:
        super().__init__(accounts)
        self.base = psycopg.connect(dsn(url), autocommit=True)

    def write(self, columns: Names, rows: Ready, sums: list[Cells]) -> None:
        with self.base.transaction(), self.base.cursor() as cursor:
            for table in TABLES:
                into = f"COPY {table._meta.db_table} ({', '.join(columns[table])}) FROM STDIN"
                with cursor.copy(into) as copy:
                    for row in rows[table]:
                        copy.write_row(row)
            cursor.executemany(_upsert("%s"), sums)

    def tidy(self) -> None:
        """COPY with numbers leaves the sequences where they were."""
        for table in TABLES:
            name = table._meta.db_table
            self.base.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [name, last_number(table)])


class SqliteCopies(Copies):
    """executemany for each table, in one IMMEDIATE transaction."""

    def __init__(self, path: Path, accounts: Mapping[int, int]) -> None:
        super().__init__(accounts)
        self.base = sqlite3.connect(path, isolation_level=None)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-64000"):
            self.base.execute(f"PRAGMA {pragma}")

    def write(self, columns: Names, rows: Ready, sums: list[Cells]) -> None:
        self.base.execute("BEGIN IMMEDIATE")
        for table in TABLES:
            marks = ", ".join(["?"] * len(columns[table]))
            into = f"INSERT INTO {table._meta.db_table} ({', '.join(columns[table])}) VALUES ({marks})"  # noqa: S608
            self.base.executemany(into, rows[table])
        self.base.executemany(_upsert("?"), sums)
        self.base.execute("COMMIT")

    def tidy(self) -> None:
        """Numbers that are given count as those that SQLite gives."""


def copies(url: str, accounts: Mapping[int, int]) -> Copies:
    """Return the anchor for a database."""
    if url.startswith("sqlite:"):
        return SqliteCopies(Path(url.removeprefix("sqlite:///")), accounts)
    return PostgresCopies(url, accounts)
