"""Long lists read in pages, the newest first, without counting or skipping: each page starts where another ended."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Model, Q, QuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Slice[M: Model]:
    """A page of rows. newer and older are the query strings of the neighbouring pages, empty where there is none."""

    rows: list[M]
    newer: str
    older: str


def newest_first[M: Model](
    rows: QuerySet[M], *, size: int, before: str = "", after: str = "", whole: QuerySet[M] | None = None
) -> Slice[M]:
    """Return a page of rows with an `at`: the newest, those before a mark, or those after one. One query.

    A mark that cannot be read, or has nothing after it, is no mark. whole is how rows are read that have much hanging
    on them, without a condition or order: then that is looked up for the page's own rows only, and not for all that an
    order is made of, however short a database believes the list to be.
    """
    start, end = _read(after), _read(before)
    if start:
        found = _read_in_full(rows.filter(_beyond("gt", start)).order_by("at", "pk")[: size + 1], whole)
        if found:
            shown = found[:size][::-1]
            return Slice(shown, newer=_link("after", shown[0], len(found) > size), older=_link("before", shown[-1]))
    older = rows.filter(_beyond("lt", end)) if end else rows
    found = _read_in_full(older.order_by("-at", "-pk")[: size + 1], whole, newest=True)
    shown = found[:size]
    if not shown:
        return Slice([], newer="", older="")
    return Slice(shown, newer=_link("after", shown[0], bool(end)), older=_link("before", shown[-1], len(found) > size))


def _read_in_full[M: Model](ordered: QuerySet[M], whole: QuerySet[M] | None, *, newest: bool = False) -> list[M]:
    if whole is None:
        return list(ordered)
    found = whole.filter(pk__in=ordered.values("pk"))
    return sorted(found, key=lambda row: (row.at, row.pk), reverse=newest)  # type: ignore[attr-defined]


def _link(name: str, row: Model, wanted: bool = True) -> str:
    """Return a query string with the mark of a row: its moment in microseconds, and its key."""
    return f"?{name}={(row.at - _EPOCH) // timedelta(microseconds=1)}-{row.pk}" if wanted else ""  # type: ignore[attr-defined]


def _read(text: str) -> tuple[datetime, int] | None:
    if not re.fullmatch(r"[0-9]{1,17}-[0-9]{1,18}", text):
        return None
    moment, pk = text.split("-")
    return _EPOCH + timedelta(microseconds=int(moment)), int(pk)


def _beyond(direction: str, place: tuple[datetime, int]) -> Q:
    """Return what stands beyond a place, in words that an index on (at, id) understands."""
    at, pk = place
    return Q(**{f"at__{direction}e": at}) & (Q(**{f"at__{direction}": at}) | Q(**{f"pk__{direction}": pk}))
