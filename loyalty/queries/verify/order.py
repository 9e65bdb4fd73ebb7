"""The order of spending, replayed: nothing is taken from a lot while one that goes before it still holds something.

Before goes, of the lots that are good on the day of the spending, the one that expires first, then the oldest; what
never expires goes last. Walks the entries of one account after the other, with its open lots in hand. Whether a lot
that was taken from was good at all is asked in days.py.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.models import Entry
from loyalty.queries.verify.days import TAKES, days_of, zones
from loyalty.queries.verify.rows import CHUNK, Scope

COLUMNS = (
    "account", "unit", "pk", "kind", "at", "business", "lot__id", "lot__amount", "lot__first_good_day",
    "lot__last_good_day", "lot_uses__lot", "lot_uses__amount",
)  # fmt: skip

type Row = tuple[Any, ...]
type Place = tuple[date, int]


def out_of_order(scope: Scope) -> Iterator[str]:
    """Every spending took from the very lots that the order of spending gives."""
    entries = Entry.objects.order_by("account", "unit", "seq", "lot_uses__id")
    if scope.business_id:
        entries = entries.filter(business=scope.business_id)
    clocks = zones()
    rows = entries.values_list(*COLUMNS).iterator(CHUNK)
    for _, of_account in groupby(rows, key=itemgetter(0, 1)):
        shelf = _Shelf()
        for entry_id, of_entry in groupby(of_account, key=itemgetter(2)):
            if not shelf.follows(list(of_entry), clocks):
                yield f"entry {entry_id}"


@dataclass(slots=True)
class _Shelf:
    """The open lots of one unit of one account, in the order of spending."""

    order: list[Place] = field(default_factory=list)
    place: dict[int, Place] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)
    first: dict[int, date] = field(default_factory=dict)

    def follows(self, rows: list[Row], clocks: dict[int, list[ZoneInfo]]) -> bool:
        """Book one entry; return whether a spending took what it should."""
        _, _, _, kind, at, business_id, lot_id, amount, first, last, *_ = rows[0]
        takes = {row[10]: row[11] for row in rows if row[10]}
        fits = kind not in TAKES or self._fits(takes, at, clocks[business_id])
        if lot_id:
            self._lay(lot_id, amount, first, last)
        for used, taken in takes.items():
            self._take(used, taken)
        return fits

    def _fits(self, takes: dict[int, int], at: datetime, clocks: list[ZoneInfo]) -> bool:
        return any(takes == self._due(takes, day) for day in days_of(at, clocks))

    def _due(self, takes: dict[int, int], day: date) -> dict[int, int]:
        """Return how much of the same sum is to be taken from which lot on a day."""
        due: dict[int, int] = {}
        amount = sum(takes.values())
        for last, lot_id in self.order:
            if not amount:
                break
            if lot_id in takes or self.first.get(lot_id, date.min) <= day <= last:
                due[lot_id] = min(self.left[lot_id], amount)
                amount -= due[lot_id]
        return due

    def _lay(self, lot_id: int, amount: int, first: date | None, last: date | None) -> None:
        self.place[lot_id] = (last or date.max, lot_id)
        self.left[lot_id] = 0
        if first:
            self.first[lot_id] = first
        self._take(lot_id, -amount)

    def _take(self, lot_id: int, amount: int) -> None:
        """Take from a lot, or give back to it; a lot of another account is another invariant's."""
        if lot_id not in self.place:
            return
        before, after = self.left[lot_id], self.left[lot_id] - amount
        self.left[lot_id] = after
        if before <= 0 < after:
            insort(self.order, self.place[lot_id])
        elif after <= 0 < before:
            del self.order[bisect_left(self.order, self.place[lot_id])]
