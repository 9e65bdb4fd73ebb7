"""The books of a business: what was issued in each month, what became of it, and what is outstanding.

Everything is summed from the entries, in the months in which they were booked, by the clock of the business, and then
held against the balances and the lots, which are kept apart from them: what was issued is spent, expired, taken back,
removed or outstanding, and nothing else. Every entry of the business is read for it, all as of one moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Case, F, IntegerField, QuerySet, Sum, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.engine.days import local_day, start_of_day
from loyalty.models import Balance, Business, Entry, EntryKind, Lot, Unit
from loyalty.queries.snapshot import of_one_moment

BEFORE, AFTER = 0, 13
"""The numbers of what lies before the year and after it; its months are 1 to 12."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the books: the kinds of entries that it sums. A column that is not always shown hides while empty."""

    code: str
    label: str | Promise
    kinds: tuple[EntryKind, ...]
    always: bool = False


COLUMNS = (
    Column("issued", _("Issued"), (EntryKind.AWARD, EntryKind.ADD, EntryKind.REINSTATE), always=True),
    Column("given_back", _("Given back"), (EntryKind.GIVE_BACK,)),
    Column("redeemed", _("Redeemed"), (EntryKind.SPEND,), always=True),
    Column("expired", _("Expired"), (EntryKind.EXPIRE,), always=True),
    Column("taken_back", _("Taken back"), (EntryKind.TAKE_BACK, EntryKind.SETTLE)),
    Column("removed", _("Removed"), (EntryKind.REMOVE,)),
    Column("brought_over", _("Brought over"), (EntryKind.MOVE_IN,)),
    Column("brought_away", _("Brought away"), (EntryKind.MOVE_OUT,)),
)


@dataclass(slots=True)
class Moved:
    """What the entries of a unit came to in a month: by column, and what became owed and was forgiven."""

    by_column: dict[str, int] = field(default_factory=dict)
    owed: int = 0
    forgiven: int = 0

    @property
    def net(self) -> int:
        return sum(self.by_column.values())

    def add(self, kind: str, amount: int, owed: int, forgiven: int) -> None:
        for column in COLUMNS:
            if kind in column.kinds:
                self.by_column[column.code] = self.by_column.get(column.code, 0) + amount
        self.owed += owed
        self.forgiven += forgiven - (owed if kind == EntryKind.FORGIVE else 0)


@dataclass(frozen=True, slots=True)
class BookRow:
    """A month of a unit, in smallest parts. cells stand in the order of the book's columns; owed is that at its end."""

    first: date
    opening: int
    cells: Sequence[int]
    closing: int
    owed: int
    forgiven: int


@dataclass(frozen=True, slots=True)
class Falling:
    """What runs out in a month if it is not used: month is its first day, None for what never runs out."""

    month: date | None
    amount: int


@dataclass(frozen=True, slots=True)
class UnitBook:
    """A unit's year, and the sums that must agree: of all entries, all balances and all open lots."""

    unit: Unit
    columns: Sequence[Column]
    rows: Sequence[BookRow]
    entered: int
    held: int
    in_lots: int
    owed_entered: int
    owed_held: int
    falling: Sequence[Falling]

    @property
    def balanced(self) -> bool:
        """Whether entries, balances and lots say the same."""
        return self.entered == self.held == self.in_lots and self.owed_entered == self.owed_held

    @property
    def totals(self) -> list[int]:
        """What each column came to over the year."""
        return [sum(row.cells[number] for row in self.rows) for number in range(len(self.columns))]

    @property
    def has_debts(self) -> bool:
        """Whether anything is owed, or was, or was forgiven, in these months."""
        return any(row.owed or row.forgiven for row in self.rows)

    @property
    def highest(self) -> int:
        """The largest amount that runs out in one month."""
        return max((each.amount for each in self.falling), default=0)


@dataclass(frozen=True, slots=True)
class Books:
    """The books of a year: a part for each unit that ever moved."""

    year: int
    years: Sequence[int]
    units: Sequence[UnitBook]

    @property
    def balanced(self) -> bool:
        return all(each.balanced for each in self.units)


@of_one_moment
def books(business: Business, at: datetime, *, year: str = "") -> Books:
    """Return the books of a year, as it was typed; of the year at hand where that cannot be. Four queries."""
    today, opened = local_day(at, business.time_zone), local_day(business.opened_at, business.time_zone)
    years = list(range(today.year, opened.year - 1, -1))
    chosen = int(year) if year in map(str, years) else today.year
    moved, held = _moved(business, chosen), _held(business)
    lots = _in_lots(business)
    units = [unit for unit in Unit.objects.filter(business=business).order_by("pk") if unit.pk in moved]
    begun = 12 if chosen < today.year else today.month
    first = opened.month if chosen == opened.year else 1
    months = range(first, begun + 1)
    return Books(
        chosen,
        years,
        [_unit_book(unit, chosen, months, moved[unit.pk], held.get(unit.pk, (0, 0)), lots.get(unit.pk, {}))
         for unit in units],
    )  # fmt: skip


type _Months = dict[int, Moved]


def _moved(business: Business, year: int) -> dict[int, _Months]:
    """Return what every unit's entries came to: before the year, in each of its months, and after it."""
    found: dict[int, _Months] = {}
    for unit_id, month, kind, amount, owed, forgiven in _sums(business, year):
        found.setdefault(unit_id, {}).setdefault(month, Moved()).add(kind, amount, owed, forgiven)
    return found


def _sums(business: Business, year: int) -> QuerySet[Entry, tuple[int, int, str, int, int, int]]:
    """Return the sums by unit, month and kind. Months are told apart by their ends: no clock is asked row by row."""
    starts = [start_of_day(date(year, month, 1), business.time_zone) for month in range(1, 13)]
    ends = [*starts, start_of_day(date(year + 1, 1, 1), business.time_zone)]
    month = Case(
        *[When(posting__booked_at__lt=end, then=Value(number)) for number, end in enumerate(ends)],
        default=Value(AFTER),
        output_field=IntegerField(),
    )
    return (
        Entry.objects.filter(business=business)
        .order_by()
        .annotate(month=month)
        .values_list("unit", "month", "kind")
        .annotate(Sum("amount"), Sum("owed_change"), Sum("forgiven"))
    )


def _held(business: Business) -> dict[int, tuple[int, int]]:
    """Return what all balances of each unit hold, and owe."""
    rows = Balance.objects.filter(unit__business=business).order_by().values_list("unit")
    return {unit_id: (held, owed) for unit_id, held, owed in rows.annotate(Sum("amount"), Sum("owed"))}


def _in_lots(business: Business) -> dict[int, dict[date | None, int]]:
    """Return what is left in the lots of each unit, by their last good day."""
    rows = Lot.objects.filter(business=business, remaining__gt=0).order_by().values_list("unit", "last_good_day")
    found: dict[int, dict[date | None, int]] = {}
    for unit_id, day, left in rows.annotate(left=Sum(F("remaining"))):
        found.setdefault(unit_id, {})[day] = left
    return found


def _unit_book(
    unit: Unit, year: int, months: Sequence[int], moved: _Months, held: tuple[int, int], lots: dict[date | None, int]
) -> UnitBook:
    shown = [moved.get(month, Moved()) for month in months]
    columns = [column for column in COLUMNS if column.always or any(each.by_column.get(column.code) for each in shown)]
    rows, balance, owed = [], 0, 0
    for month in range(BEFORE, months[-1] + 1 if months else AFTER):
        here = moved.get(month, Moved())
        opening, balance, owed = balance, balance + here.net, owed + here.owed
        if month in months:
            cells = [here.by_column.get(column.code, 0) for column in columns]
            rows.append(BookRow(date(year, month, 1), opening, cells, balance, owed, here.forgiven))
    return UnitBook(
        unit=unit,
        columns=columns,
        rows=rows,
        entered=sum(each.net for each in moved.values()),
        held=held[0],
        in_lots=sum(lots.values()),
        owed_entered=sum(each.owed for each in moved.values()),
        owed_held=held[1],
        falling=_falling(lots),
    )


def _falling(lots: dict[date | None, int]) -> list[Falling]:
    """Return what runs out, month by month, the soonest first; what never runs out stands last."""
    by_month: dict[date | None, int] = {}
    for day, left in lots.items():
        month = day.replace(day=1) if day else None
        by_month[month] = by_month.get(month, 0) + left
    dated = sorted(month for month in by_month if month)
    return [Falling(month, by_month[month]) for month in [*dated, *([None] if None in by_month else [])]]
