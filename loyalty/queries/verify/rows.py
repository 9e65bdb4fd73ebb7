"""Asking the tables of the ledger. SQL: the proof must not share code with what it proves."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be proven: one business, or all.

    at is now; without it nobody is asked for what should have happened by now.
    """

    business_id: int | None = None
    at: datetime | None = None

    def ask(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question, a few at a time; {of x} stands for "the table x is of the business"."""
        _plan_for_all_rows()
        with connection.chunked_cursor() as cursor:
            cursor.execute(re.sub(r"\{of (\w+)\}", self._condition, sql))
            while rows := cursor.fetchmany(CHUNK):
                yield from rows

    def _condition(self, found: re.Match[str]) -> str:
        return f"{found[1]}.business_id = {self.business_id:d}" if self.business_id else "1 = 1"


def _plan_for_all_rows() -> None:
    """Have PostgreSQL plan what is read piece by piece for the last row, too, not for a quick first one.

    Else it joins the entries of a busy account with each other, which takes hours for 100,000 of them.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET cursor_tuple_fraction = 1")


type Check = Callable[[Scope], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that an invariant speaks of: their name, and the question how many there are."""

    name: str
    count: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that holds for rows of the books. check yields those at fault, each by its number."""

    name: str
    rows: Rows
    check: Check


def table(name: str, of: str) -> Rows:
    """Return the rows of a table that has a business."""
    return Rows(name, f"SELECT COUNT(*) FROM {of} x WHERE {{of x}}")


ACCOUNTS = table("accounts", "loyalty_account")
POSTINGS = table("postings", "loyalty_posting")
ENTRIES = table("entries", "loyalty_entry")
LOTS = table("lots", "loyalty_lot")
SALES = table("sales", "loyalty_sale")
LINKS = table("links", "loyalty_chainlink")
SEALS = table("seals", "loyalty_seal")
UNITS = table("units", "loyalty_unit")
ADJUSTMENTS = table("adjustments", "loyalty_adjustment")
BALANCES = Rows(
    "balances",
    "SELECT COUNT(*) FROM loyalty_balance b JOIN loyalty_account a ON a.id = b.account_id WHERE {of a}",
)
LOT_USES = Rows(
    "lot uses", "SELECT COUNT(*) FROM loyalty_lotuse u JOIN loyalty_entry e ON e.id = u.entry_id WHERE {of e}"
)
RULE_USES = Rows(
    "uses of rules",
    "SELECT COUNT(*) FROM loyalty_ruleuse u JOIN loyalty_account a ON a.id = u.account_id WHERE {of a}",
)


def month(column: str) -> str:
    """Return the SQL of a moment's month in UTC, as YYYY-MM."""
    if connection.vendor == "postgresql":
        return f"TO_CHAR(({column}) AT TIME ZONE 'UTC', 'YYYY-MM')"
    return f"SUBSTR({column}, 1, 7)"


def number_in(column: str, name: str) -> str:
    """Return the SQL of a whole number that stands in a JSON object under a name; NULL where it does not."""
    if connection.vendor == "postgresql":
        return f"({column} ->> '{name}')::bigint"
    return f"JSON_EXTRACT({column}, '$.{name}')"


def each_in(column: str, alias: str) -> str:
    """Return the SQL of a table with the keys and values of a JSON object, the values as whole numbers or text."""
    if connection.vendor == "postgresql":
        return f"JSONB_EACH_TEXT({column}) AS {alias}(key, value)"
    return f"JSON_EACH({column}) AS {alias}"
