"""The same rows on SQLite: under the lock of an IMMEDIATE transaction one statement checks, and the others write."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from loyalty.domain.ledger.plain.purchase import Booked, Purchase
from loyalty.domain.ledger.plain.rows import NAME, insert
from loyalty.models import AuditEvent, Entry, Lot, Posting, Sale

type Statement = tuple[str, tuple[str, ...]]

_CHECK = """SELECT balance.unit_id, balance.amount, balance.last_seq
FROM loyalty_account AS account JOIN loyalty_balance AS balance ON balance.account_id = account.id
WHERE account.id = :account_id AND account.business_id = :business_id AND account.closed_at IS NULL
AND account.merged_into_id IS NULL AND balance.owed = 0
AND EXISTS (SELECT 1 FROM loyalty_programversion AS version
  WHERE version.public_id = :version AND version.business_id = :business_id AND version.state = 'live')
AND NOT EXISTS (SELECT 1 FROM loyalty_sale AS sale WHERE sale.business_id = :business_id AND sale.key = :key)
AND NOT EXISTS (SELECT 1 FROM loyalty_sale AS sale
  WHERE sale.business_id = :business_id AND sale.receipt = :receipt AND sale.undone_at IS NULL)"""

_BALANCE = """UPDATE loyalty_balance SET amount = :balance, awarded_total = awarded_total + :amount, last_seq = :seq,
last_activity_at = MAX(COALESCE(last_activity_at, :at), :at) WHERE account_id = :account_id AND unit_id = :unit"""

_PLACES = {
    name: f":{name}"
    for name in (
        "sale", "sale_key", "sale_text", "fingerprint", "posting", "entry", "unit", "amount", "since", "until", "why",
        "seq", "balance",
    )
}  # fmt: skip


def book(purchase: Purchase) -> Booked | None:
    """Book a plain purchase in the caller's transaction."""
    values = {name: _stored(value) for name, value in purchase.values().items()}
    with connection.cursor() as cursor:

        def execute(of: Statement) -> int:
            cursor.execute(of[0], [values[name] for name in of[1]])
            return int(cursor.lastrowid or 0)

        execute(_check())
        held = {unit: (amount, seq) for unit, amount, seq in cursor.fetchall()}
        if not all(line.unit_id in held for line in purchase.lines):
            return None
        sale = values["sale"] = execute(_row(Sale))
        values["sale_text"], values["sale_key"] = str(sale), f"sale:{sale}"
        digest = hashlib.sha256(f"{values['before']}{sale}{values['after']}".encode())
        values["fingerprint"] = digest.hexdigest()
        posting = values["posting"] = execute(_row(Posting))
        for number, line in enumerate(purchase.lines):
            before, seq = held[line.unit_id]
            values |= {"unit": line.unit_id, "amount": line.amount, "balance": before + line.amount, "seq": seq + 1}
            values |= {name: values[f"{name}{number}"] for name in ("since", "until", "why")}
            execute(_balance())
            values["entry"] = execute(_row(Entry))
            execute(_row(Lot))
        execute(_row(AuditEvent))
    return Booked(sale, posting)


def _stored(value: Any) -> Any:
    """Return a value as Django stores it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return value.hex if isinstance(value, UUID) else value


@lru_cache(maxsize=16)
def _row(model: type[Model]) -> Statement:
    return _positional(insert(model, _PLACES, "VALUES (%s)"))


@lru_cache(maxsize=1)
def _check() -> Statement:
    return _positional(_CHECK)


@lru_cache(maxsize=1)
def _balance() -> Statement:
    return _positional(_BALANCE)


def _positional(statement: str) -> Statement:
    return NAME.sub("%s", statement), tuple(NAME.findall(statement))
