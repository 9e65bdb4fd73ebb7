"""The anchor: one purchase booked bare, with the driver alone, leaving the same kinds of rows as the product.

No rules, no checks, no product code on the way: the SQL is built once, from the columns that the tables have.
"""

import json
import random
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
from django.db import connection
from django.db.models import Model

from benchmarks.scratch import dsn
from benchmarks.shop import Shop
from loyalty.models import AuditEvent, Entry, Lot, Posting, Sale

WHY = {
    "unit": "points", "amount": 0, "parts": [{
        "rule": {"id": 1, "name": "1 point per 1.00", "method": "per_amount", "trigger": "purchase"}, "bonus": None,
        "award": 1, "per_amount": 100, "minimum": 0, "base": 12345, "steps": "123.45", "factor": "1", "multipliers": [],
        "before_rounding": "123.45", "rounding": "down", "limit": "", "amount": 0, "lines": [],
    }],
}  # fmt: skip
"""An explanation as long as those that the product keeps; AMOUNT stands for what was awarded."""

AMOUNT = "987654"
WHY_TEXT = json.dumps(WHY).replace('"amount": 0', f'"amount": {AMOUNT}')

SALE = {
    "public_id": ":sale_id", "business_id": ":business", "account_id": ":account", "staff_id": ":staff",
    "source": "'counter'", "key": ":key", "total": ":total", "total_before_tax": ":total", "at": ":at",
    "recorded_at": ":at",
}  # fmt: skip
POSTING = {
    "public_id": ":posting_id", "business_id": ":business", "account_id": ":account", "key": "'sale:' || sale.id",
    "fingerprint": ":fingerprint", "kind": "'purchase'", "channel": "'counter'", "sale_id": "sale.id",
    "staff_id": ":staff", "at": ":at", "booked_at": ":at",
}  # fmt: skip
ENTRY = {
    "posting_id": "posting.id", "business_id": ":business", "account_id": ":account", "unit_id": ":unit",
    "kind": "'award'", "amount": ":points", "seq": "balance.last_seq", "balance_after": "balance.amount",
    "why": ":why", "at": ":at",
}  # fmt: skip
LOT = {
    "entry_id": "entry.id", "business_id": ":business", "account_id": ":account", "unit_id": ":unit",
    "amount": ":points", "remaining": ":points", "last_good_day": ":last_good_day", "at": ":at",
}  # fmt: skip
AUDIT = {
    "business_id": ":business", "at": ":at", "verb": "'sale.recorded'", "user_id": ":user", "staff_id": ":staff",
    "channel": "'counter'", "object_type": "'sale'", "object_id": "sale.id", "data": ":data",
}  # fmt: skip
BALANCE = """
INSERT INTO loyalty_balance (account_id, unit_id, amount, owed, awarded_total, spent_total, last_seq, last_activity_at)
{source}
ON CONFLICT (account_id, unit_id) DO UPDATE SET amount = loyalty_balance.amount + excluded.amount,
  awarded_total = loyalty_balance.awarded_total + excluded.amount, last_seq = loyalty_balance.last_seq + 1,
  last_activity_at = CASE WHEN loyalty_balance.last_activity_at > excluded.last_activity_at
    THEN loyalty_balance.last_activity_at ELSE excluded.last_activity_at END
RETURNING amount, last_seq"""
TYPES = {
    "sale_id": "uuid", "posting_id": "uuid", "key": "text", "fingerprint": "text", "at": "timestamptz", "why": "jsonb",
    "data": "jsonb", "last_good_day": "date",
}  # fmt: skip


def columns(model: type[Model], given: Mapping[str, str]) -> dict[str, str]:
    """Return every column of a table but its number with what goes into it: as given, else its default."""
    found = {}
    for field in model._meta.concrete_fields:
        if not field.primary_key:
            value = field.get_db_prep_save(field.get_default(), connection)
            literal = "NULL" if value is None else str(value) if isinstance(value, int) else "'{}'"
            found[str(field.column)] = given.get(str(field.column), "''" if value == "" else literal)
    return found


def insert(model: type[Model], given: Mapping[str, str], source: str = "") -> str:
    """Return the statement that writes one row, from other rows where a source is named."""
    cells = columns(model, given)
    chosen = ", ".join(cells.values())
    values = f"SELECT {chosen} FROM {source}" if source else f"VALUES ({chosen})"  # noqa: S608
    return f"INSERT INTO {model._meta.db_table} ({', '.join(cells)}) {values}"


def one_statement() -> str:
    """Return the CTE that books a purchase on PostgreSQL, with :name for each value."""
    balance = BALANCE.format(source="SELECT :account, :unit, :points, 0, :points, 0, 1, :at FROM sale")
    audit = AUDIT | {"object_id": "sale.id::text"}
    return f"""WITH
    account AS (SELECT id FROM loyalty_account WHERE id = :account FOR UPDATE),
    sale AS ({insert(Sale, SALE, "account")} RETURNING id),
    posting AS ({insert(Posting, POSTING, "sale")} RETURNING id),
    balance AS ({balance}),
    entry AS ({insert(Entry, ENTRY, "posting, balance")} RETURNING id),
    lot AS ({insert(Lot, LOT, "entry")}),
    audit AS ({insert(AuditEvent, audit, "sale")})
    SELECT sale.id, posting.id FROM sale, posting"""  # noqa: S608


def typed(statement: str, mark: str = "%({name})s::{kind}") -> str:
    """Return a statement with a typed placeholder for each :name, longest names first."""
    names = sorted({*_values_of_nobody()}, key=len, reverse=True)
    for name in names:
        statement = statement.replace(f":{name}", mark.format(name=name, kind=TYPES.get(name, "bigint")))
    return statement.replace("::text::text", "::text")


def _values_of_nobody() -> list[str]:
    return [
        "business", "account", "staff", "user", "unit", "sale_id", "posting_id", "key", "fingerprint", "total",
        "points", "at", "why", "data", "last_good_day",
    ]  # fmt: skip


class Bare:
    """Books purchases with the driver alone. member: the one customer, else anybody."""

    def __init__(self, shop: Shop, account: int | None = None) -> None:
        self.accounts = [account] if account else [member.account_id for member in shop.members]
        self.ids = {
            "business": shop.business.pk, "staff": shop.role.pk, "user": shop.role.user_id, "unit": shop.unit.pk,
        }  # fmt: skip
        self.rng = random.Random(1)

    def values(self) -> dict[str, object]:
        total = self.rng.randrange(100, 20000)
        now = datetime.now(tz=UTC)
        return self.ids | {
            "account": self.rng.choice(self.accounts), "sale_id": uuid4(), "posting_id": uuid4(), "key": str(uuid4()),
            "fingerprint": f"{total:064x}", "total": total, "points": total // 100, "at": now,
            "why": WHY_TEXT.replace(AMOUNT, str(total // 100)), "data": json.dumps({"total": total}),
            "last_good_day": now.date() + timedelta(days=365),
        }  # fmt: skip


class BarePostgres(Bare):
    """One prepared statement for each purchase, committed by itself."""

    def __init__(self, shop: Shop, url: str, account: int | None = None) -> None:
        super().__init__(shop, account)
        self.connection = psycopg.connect(dsn(url), autocommit=True, prepare_threshold=1)
        self.cursor = self.connection.cursor()
        self.statement = typed(one_statement())

    def book(self) -> None:
        values = {
            name: psycopg.types.numeric.Int8(value) if isinstance(value, int) else value
            for name, value in self.values().items()
        }
        self.cursor.execute(self.statement, values).fetchone()


class BareSqlite(Bare):
    """The same rows in as many statements as there are tables, in one IMMEDIATE transaction."""

    def __init__(self, shop: Shop, path: Path, account: int | None = None, *, timeout: float = 20) -> None:
        super().__init__(shop, account)
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=timeout)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-64000"):
            self.connection.execute(f"PRAGMA {pragma}")
        own = {"sale.id": ":sale", "posting.id": ":posting", "entry.id": ":entry"}
        seen = {"balance.last_seq": ":seq", "balance.amount": ":after"}
        rows = ((Sale, SALE), (Posting, POSTING), (Entry, ENTRY), (Lot, LOT), (AuditEvent, AUDIT))
        self.statements = {
            model: insert(model, {name: _named(cell, own | seen) for name, cell in cells.items()})
            for model, cells in rows
        }
        self.balance = BALANCE.format(source="VALUES (:account, :unit, :points, 0, :points, 0, 1, :at)")

    def book(self) -> None:
        values = {name: _plain(value) for name, value in self.values().items()}
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        values["sale"] = execute(self.statements[Sale], values).lastrowid
        values["posting"] = execute(self.statements[Posting], values).lastrowid
        values["after"], values["seq"] = execute(self.balance, values).fetchall()[0]
        values["entry"] = execute(self.statements[Entry], values).lastrowid
        execute(self.statements[Lot], values)
        execute(self.statements[AuditEvent], values)
        execute("COMMIT")


def _named(cell: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        cell = cell.replace(name, value)
    return cell


def _plain(value: object) -> object:
    """A value as Django stores it in SQLite."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return value if isinstance(value, int | str) else getattr(value, "hex", None) or str(value)
