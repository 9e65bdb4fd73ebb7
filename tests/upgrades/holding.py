"""What an installation holds, told so that two versions of the product can be compared.

Columns are read as text by their names in the database, without a model: what an older version wrote is known before
it is migrated. The books are read by the models of today, and told in the shape of the records that are stored.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import connection

from loyalty import factor_secrets
from loyalty.engine.encryption import is_encrypted
from loyalty.models import Account, Balance, Business, ChainLink, Entry, Lot, Seal

OURS = ("loyalty", "rewards", "members", "config", "account", "mfa")
"""The apps whose tables are compared: ours, and those of the packages that hold addresses and second factors."""

LOT = ("amount", "remaining")

type Cells = tuple[str | None, ...]
type Tables = dict[str, dict[str, Any]]
"""By table: rows, how many; key, the column that tells its rows apart; columns, a digest of each."""


def tables_of_ours() -> Iterator[tuple[str, str]]:
    """Yield the name and the key of every table that the models of today have."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OURS:
            yield model._meta.db_table, str(model._meta.pk.column)


def all_held() -> Tables:
    """Return every table of ours, as it is to be kept with a release."""
    return {table: told(table, key, columns_of(table)) for table, key in sorted(tables_of_ours())}


def columns_of(table: str) -> list[str]:
    """Return the names of a table's columns; none where there is no such table."""
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return []
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def told(table: str, key: str, columns: Collection[str]) -> dict[str, Any]:
    """Return how many rows a table has, and a digest of each column: of what stands in it, and in which row."""
    names = ", ".join(f'CAST("{name}" AS text)' for name in (key, *columns))
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}"')
        rows: list[Cells] = sorted(cursor.fetchall())
    digests = {name: _digest([(row[0], row[place]) for row in rows]) for place, name in enumerate(columns, start=1)}
    return {"rows": len(rows), "key": key, "columns": digests}


def _digest(cells: list[Cells]) -> str:
    text = "\n".join(json.dumps([key, _plain(value)], sort_keys=True) for key, value in cells)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain(text: str | None) -> object:
    """Return JSON as what it says, however it is spaced, ordered and encrypted, and anything else as it is."""
    if text and text[0] in "{[":
        try:
            return json.loads(text, object_hook=_in_clear)
        except ValueError:
            pass
    return text


def _in_clear(said: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a second factor with its secrets decrypted."""
    return factor_secrets.changed(said, lambda text: factor_secrets.decrypt(text) if is_encrypted(text) else text)


def differences(kept: Tables, now: Mapping[str, str | None]) -> list[str]:
    """Return, in words, where the tables and columns that are kept do not hold what they held.

    now says what "table" or "table.column" is called today, where that has changed; None is what was given up.
    """
    return [fault for table, held in kept.items() for fault in _table_differences(table, held, now)]


def _table_differences(table: str, held: dict[str, Any], now: Mapping[str, str | None]) -> Iterator[str]:
    name = now.get(table, table)
    if name is None:
        return
    present = columns_of(name)
    wanted = {column: now.get(f"{table}.{column}", column) for column in held["columns"]}
    key = wanted.get(held["key"]) or held["key"]
    if key not in present:
        yield f"{table} is gone"
        return
    found = told(name, key, [column for column in wanted.values() if column in present])
    if found["rows"] != held["rows"]:
        yield f"{table}: {found['rows']} rows instead of {held['rows']}"
    for column, its_name in wanted.items():
        if its_name is not None and its_name not in present:
            yield f"{table}.{column} is gone"
        elif its_name is not None and found["columns"][its_name] != held["columns"][column]:
            yield f"{table}.{column} holds something else"


def books() -> dict[str, Any]:
    """Return, by the address of each business, its seals, the head of its chain, and what its cards hold."""
    return {business.slug: _book(business) for business in Business.objects.order_by("pk")}


def _book(business: Business) -> dict[str, Any]:
    seals = Seal.objects.filter(business=business).order_by("day")
    links = ChainLink.objects.filter(business=business).order_by("number").values_list("number", "digest")
    accounts = Account.objects.filter(business=business).order_by("card_code")
    return {
        "seals": [[str(day), number, digest] for day, number, digest in seals.values_list("day", "number", "digest")],
        "head": list(links.last() or ()),
        "cards": {account.card_code: _card(account) for account in accounts},
    }


def _card(account: Account) -> dict[str, Any]:
    """Return what a card holds and owes, and its lots in their order, by unit."""
    lots: dict[str, list[str]] = {}
    days = ("first_good_day", "last_good_day")
    for code, *lot in Lot.objects.filter(account=account).order_by("pk").values_list("unit__code", *LOT, *days):
        lots.setdefault(code, []).append(" ".join(str(value) if value is not None else "-" for value in lot))
    return {
        balance.unit.code: {"balance": balance.amount, "owed": balance.owed, "lots": lots.get(balance.unit.code, [])}
        for balance in Balance.objects.filter(account=account).select_related("unit").order_by("unit__code")
    }


def explanations() -> dict[str, dict[str, str]]:
    """Return, by business and by the key of a posting, a digest of what its entries say of themselves."""
    rows = Entry.objects.order_by("pk").values_list("posting__business__slug", "posting__key", "why")
    found: dict[str, dict[str, list[object]]] = {}
    for slug, key, why in rows:
        found.setdefault(slug, {}).setdefault(key, []).append(why)
    return {slug: {key: _short(said) for key, said in by_key.items()} for slug, by_key in found.items()}


def _short(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
