"""The rows of a plain award, column by column: :name is a value, anything else is SQL that both databases read."""

import re
from collections.abc import Mapping

from django.db.models import NOT_PROVIDED, Field, Model

from loyalty.models import AuditEvent, Entry, Lot, Posting, Sale

type Cells = Mapping[str, str]

SALE: Cells = {
    "public_id": ":public_id", "business_id": ":business_id", "account_id": ":account_id",
    "location_id": ":location_id", "staff_id": ":staff_id", "source": ":source", "receipt": ":receipt", "key": ":key",
    "is_visit": ":is_visit", "total": ":total", "total_before_tax": ":total_before_tax",
    "paid_with_reward": ":paid_with_reward", "refunded": "0", "at": ":at", "recorded_at": ":recorded_at",
    "undone_at": "NULL", "batch_id": "NULL",
}  # fmt: skip
POSTING: Cells = {
    "public_id": ":posting_id", "business_id": ":business_id", "account_id": ":account_id", "key": "{sale_key}",
    "fingerprint": "{fingerprint}", "kind": ":kind", "channel": ":channel", "sale_id": "{sale}", "refund_id": "NULL",
    "reverses_id": "NULL", "reason": "''", "staff_id": ":staff_id", "location_id": ":location_id", "device": ":device",
    "at": ":at", "booked_at": ":recorded_at",
}  # fmt: skip
ENTRY: Cells = {
    "posting_id": "{posting}", "business_id": ":business_id", "account_id": ":account_id", "unit_id": "{unit}",
    "kind": "'award'", "amount": "{amount}", "owed_change": "0", "forgiven": "0", "seq": "{seq}",
    "balance_after": "{balance}", "why": "{why}", "at": ":at",
}  # fmt: skip
LOT: Cells = {
    "entry_id": "{entry}", "business_id": ":business_id", "account_id": ":account_id", "unit_id": "{unit}",
    "amount": "{amount}", "remaining": "{amount}", "first_good_day": "{since}", "last_good_day": "{until}",
    "moved_from_id": "NULL", "at": ":at",
}  # fmt: skip
AUDIT: Cells = {
    "business_id": ":business_id", "at": ":recorded_at", "verb": "'sale.recorded'", "user_id": ":user_id",
    "staff_id": ":staff_id", "channel": ":channel", "object_type": "'sale'", "object_id": "{sale_text}",
    "data": ":data",
}  # fmt: skip
ROWS: Mapping[type[Model], Cells] = {Sale: SALE, Posting: POSTING, Entry: ENTRY, Lot: LOT, AuditEvent: AUDIT}

NAME = re.compile(r":([a-z_]+\d*)")


def insert(model: type[Model], places: Mapping[str, str], source: str) -> str:
    """Return the INSERT of a row, {places} filled in; source is VALUES (%s) or a SELECT %s from other rows.

    A column that is not named in ROWS gets its default, so that a new one never stops the till.
    """
    cells = {str(f.column): ROWS[model].get(str(f.column)) or default(f) for f in columns(model)}
    chosen = ", ".join(cell.format(**places) for cell in cells.values())
    return f"INSERT INTO {model._meta.db_table} ({', '.join(cells)}) {source % chosen}"


def columns(model: type[Model]) -> list[Field]:  # type: ignore[type-arg]
    """Return the columns of a table but its number, which the database gives."""
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def default(field: Field) -> str:  # type: ignore[type-arg]
    """Return the default of a column as SQL. Raises TypeError for one that has none in plain words."""
    value = field.get_default()
    if value is None and field.null:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int) and field.default is not NOT_PROVIDED:
        return str(value)
    if value == "" and field.empty_strings_allowed:
        return "''"
    raise TypeError(f"{field} has to be named in the rows of a plain award")
