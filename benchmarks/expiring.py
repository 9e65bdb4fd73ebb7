"""What ran out, booked by the job, beside the same rows copied bare to a twin shop, with the driver alone.

Both shops have the same history, so that what the job leaves in the one fits the other but for numbers and keys. The
rows lie ready before the clock runs; as many lots are in a transaction as in a piece of the job.
"""

import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import batched, count, pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.db.models import Model
from django.utils import timezone

from benchmarks.copies import Row, last_number, rows_where
from benchmarks.rounds import Goal, Result, Round, play
from benchmarks.scratch import dsn
from benchmarks.shop import Shop, open_shop
from loyalty.domain import expiry, ledger
from loyalty.models import Entry, Lot, LotUse, Posting, PostingKind

CARDS = 200
TABLES: tuple[type[Model], ...] = (Posting, Entry, LotUse)
GOALS = {"postgresql": Goal(0.6), "sqlite": Goal(0.5)}

_BALANCE = "UPDATE loyalty_balance SET amount = {0}, last_seq = {0} WHERE account_id = {0} AND unit_id = {0}"

type Cells = tuple[Any, ...]
type Names = Sequence[Sequence[str]]
type Ready = tuple[Sequence[Sequence[Cells]], Sequence[Cells], Sequence[int]]


def expire(url: str, *, rounds: int, number: int) -> list[Result]:
    """Let so many lots of a shop run out in each round, and copy what that leaves to its twin."""
    ours, twin = (open_shop(members=CARDS, name=name) for name in ("ours", "twin"))
    kind = "sqlite" if url.startswith("sqlite:") else "postgresql"
    anchor = SqliteTwin(url, ours, twin) if kind == "sqlite" else PostgresTwin(url, ours, twin)
    keys = count()

    def one_round() -> Round:
        gift = f"gift {next(keys)}"
        for shop in (ours, twin):
            _give(shop, gift, number)
        anchor.mark()
        spent, longest = _run(ours, number)
        return Round(number / spent, number / anchor.copy(), f", longest piece {1000 * longest:.0f} ms")

    return [play(f"let lots expire, {kind} (per second)", GOALS[kind], one_round, rounds=rounds)]


def _give(shop: Shop, name: str, number: int) -> None:
    """Give so many lots that ran out a week ago, spread over the cards."""
    last, at = timezone.now().date() - timedelta(days=7), timezone.now() - timedelta(days=30)
    for some in batched(range(number), 1000):
        gifts = []
        for n in some:
            account = shop.members[n % len(shop.members)].account
            head = ledger.Booking(
                account=account, key=f"{name}:{n}", kind=PostingKind.GIFT, at=at, booked_at=at, by=shop.by
            )
            gifts.append((head, [ledger.AwardLine(shop.unit, 1 + n % 90, last)]))
        ledger.award_many(gifts)


def _run(shop: Shop, number: int) -> tuple[float, float]:
    """Run the job; return the seconds that it took, and those of its longest piece."""
    moments = [time.perf_counter()]
    expired = expiry.expire_due(
        business=shop.business, at=timezone.now(), between=lambda: moments.append(time.perf_counter())
    )
    assert expired == number
    return moments[-1] - moments[0], max(later - earlier for earlier, later in pairwise(moments))


class Twin(ABC):
    """Copies what the job has left in one shop since mark() to the other, whose history is the same."""

    def __init__(self, ours: Shop, twin: Shop) -> None:
        pairs = zip(ours.members, twin.members, strict=True)
        self.accounts = {one.account_id: other.account_id for one, other in pairs}
        self.shops = ours.business.pk, twin.business.pk
        self.unit = twin.unit.pk
        self.seen: dict[type[Model], int] = {}

    def mark(self) -> None:
        """Remember what is there."""
        self.seen = {table: last_number(table) for table in TABLES}

    def copy(self) -> float:
        """Copy the new rows; return the seconds that the writing took."""
        ours, twin = (
            Lot.objects.filter(business=shop).order_by("pk").values_list("pk", flat=True) for shop in self.shops
        )
        lots = dict(zip(ours, twin, strict=True))
        rows = [rows_where(table, f"id > {self.seen[table]} ORDER BY id") for table in TABLES]
        ahead = {table: last_number(table) - self.seen[table] for table in TABLES}
        for table, of_table in zip(TABLES, rows, strict=True):
            for row in of_table:
                self._own(row, lots, ahead, ahead[table])
        pieces = list(zip(*(batched(of_table, expiry.LOTS_AT_ONCE) for of_table in rows), strict=True))
        ready = [self._ready(*piece) for piece in pieces]
        names = [list(of_table[0]) for of_table in rows]
        begun = time.perf_counter()
        for piece in ready:
            self.write(names, *piece)
        return time.perf_counter() - begun

    def _own(self, row: Row, lots: Mapping[int, int], ahead: Mapping[type[Model], int], by: int) -> None:
        """Give a row a number, key, account and lot of its own, in place."""
        row["id"] += by
        changes = {"business_id": self.shops[1], "unit_id": self.unit, "public_id": uuid4().hex}
        row |= {name: value for name, value in changes.items() if name in row}
        for name, table in (("posting_id", Posting), ("entry_id", Entry)):
            if name in row:
                row[name] += ahead[table]
        if "account_id" in row:
            row["account_id"] = self.accounts[row["account_id"]]
        if "lot_id" in row:
            row["lot_id"] = lots[row["lot_id"]]
        if "key" in row:
            row["key"] = f"expire:{lots[int(row['key'].split(':')[1])]}:0"

    def _ready(self, postings: Sequence[Row], entries: Sequence[Row], uses: Sequence[Row]) -> Ready:
        cells = [[tuple(row.values()) for row in rows] for rows in (postings, entries, uses)]
        held = {row["account_id"]: (row["balance_after"], row["seq"], row["account_id"], self.unit) for row in entries}
        return cells, sorted(held.values()), [use["lot_id"] for use in uses]

    @abstractmethod
    def write(self, names: Names, rows: Sequence[Sequence[Cells]], held: Sequence[Cells], lots: Sequence[int]) -> None:
        """Write the rows of each table, the balances and the empty lots, in one transaction."""


class PostgresTwin(Twin):
    """COPY of each table, one UPDATE for the lots, and the balances in one go."""

    def __init__(self, url: str, ours: Shop, twin: Shop) -> None:
        super().__init__(ours, twin)
        self.base = psycopg.connect(dsn(url), autocommit=True)

    def write(self, names: Names, rows: Sequence[Sequence[Cells]], held: Sequence[Cells], lots: Sequence[int]) -> None:
        with self.base.transaction(), self.base.cursor() as cursor:
            for table, columns, of_table in zip(TABLES, names, rows, strict=True):
                with cursor.copy(f"COPY {table._meta.db_table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in of_table:
                        copy.write_row(row)
            cursor.execute("UPDATE loyalty_lot SET remaining = 0 WHERE id = ANY(%s)", [list(lots)])
            cursor.executemany(_BALANCE.format("%s"), held)

    def copy(self) -> float:
        """COPY with numbers leaves the sequences where they were."""
        spent = super().copy()
        for table in TABLES:
            name = table._meta.db_table
            self.base.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [name, last_number(table)])
        return spent


class SqliteTwin(Twin):
    """executemany for each table, in one IMMEDIATE transaction."""

    def __init__(self, url: str, ours: Shop, twin: Shop) -> None:
        super().__init__(ours, twin)
        self.base = sqlite3.connect(Path(url.removeprefix("sqlite:///")), isolation_level=None)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-64000"):
            self.base.execute(f"PRAGMA {pragma}")

    def write(self, names: Names, rows: Sequence[Sequence[Cells]], held: Sequence[Cells], lots: Sequence[int]) -> None:
        self.base.execute("BEGIN IMMEDIATE")
        for table, columns, of_table in zip(TABLES, names, rows, strict=True):
            marks = ", ".join(["?"] * len(columns))
            into = f"INSERT INTO {table._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
            self.base.executemany(into, of_table)
        self.base.executemany("UPDATE loyalty_lot SET remaining = 0 WHERE id = ?", [(lot,) for lot in lots])
        self.base.executemany(_BALANCE.format("?"), held)
        self.base.execute("COMMIT")
