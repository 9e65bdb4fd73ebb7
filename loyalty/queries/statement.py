"""The statement of an account: what a unit held before and after each month, every movement between, and its totals.

A movement belongs to the month in which it was booked, by the clock of the business, and stands in the order of
booking: a month that is over never changes, however late an old purchase is brought in or an expiry job runs.
Nothing here costs more for a longer history: months are found by loyalty.queries.marks, pages by the entries' numbers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from django.db.models import Count, Sum

from loyalty.engine.days import add_months, local_day, start_of_day
from loyalty.models import Account, Balance, Entry, EntryKind, Unit
from loyalty.queries.marks import Mark, marks
from loyalty.queries.movements import MovementRow, entries_with_all, movement_rows

SIZE = 25
CHUNK = 500
LONG = 1000
"""The end of a month that is added up at each look has fewer entries than twice this."""


@dataclass(frozen=True, slots=True)
class Total:
    """What the movements of one kind in a month came to, in smallest parts: what they moved, owed and forgave."""

    kind: EntryKind
    number: int
    amount: int
    owed_change: int
    forgiven: int


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of one unit: what was there before and after it, and how many movements it has."""

    first: date
    opening: int
    closing: int
    movements: int
    begun: bool

    @property
    def change(self) -> int:
        return self.closing - self.opening

    @property
    def code(self) -> str:
        """The month as an address writes it: "2026-03"."""
        return f"{self.first:%Y-%m}"

    @property
    def last(self) -> date:
        """The month's last day."""
        return add_months(self.first, 1) - date.resolution


@dataclass(frozen=True, slots=True)
class Bar:
    """A month as a bar, in hundredths of the drawing: the balance at its end against the highest of the year."""

    month: Month
    height: int

    @property
    def top(self) -> int:
        return 100 - self.height


@dataclass(frozen=True, slots=True)
class Statement:
    """One month of one unit of an account, a page of its movements, the newest first, and the year around it.

    balances are all units that ever moved. first and last are the months that the history begins and ends with.
    newer and older are query strings of the neighbouring pages, empty where there is none.
    """

    account: Account
    balance: Balance
    balances: Sequence[Balance]
    year: Sequence[Month]
    month: Month
    first: date
    last: date
    totals: Sequence[Total]
    rows: Sequence[MovementRow]
    newer: str
    older: str

    @property
    def unit(self) -> Unit:
        return self.balance.unit

    @property
    def adds_up(self) -> bool:
        """Whether the opening balance and all movements make the closing balance."""
        return self.month.opening + sum(total.amount for total in self.totals) == self.month.closing

    @property
    def running(self) -> bool:
        """Whether the month is not over yet."""
        return self.month.first == self.last

    @property
    def owed_change(self) -> int:
        """How much more is owed after the month than before."""
        return sum(total.owed_change for total in self.totals)

    @property
    def oldest_first(self) -> Sequence[MovementRow]:
        """The rows in the order of booking, as paper shows them."""
        return self.rows[::-1]

    @property
    def bars(self) -> list[Bar]:
        """The months of the year to be drawn side by side; whoever holds anything sees at least a line."""
        highest = max(month.closing for month in self.year)
        return [Bar(month, max(2, 100 * month.closing // highest) if month.closing else 0) for month in self.year]

    @property
    def months(self) -> list[date]:
        """All months of the history by their first days, the newest first."""
        length = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        return [add_months(self.last, -back) for back in range(length + 1)]

    @property
    def before(self) -> date | None:
        """The month before, if the history reaches that far."""
        return add_months(self.month.first, -1) if self.month.first > self.first else None

    @property
    def after(self) -> date | None:
        """The month after, if it has begun."""
        return add_months(self.month.first, 1) if self.month.first < self.last else None


def statement(
    account: Account, at: datetime, *, unit: str = "", month: str = "", upto: str = "", size: int = SIZE
) -> Statement | None:
    """Return a month of a unit (by its code; else the first) as it was asked for; None where nothing ever moved.

    month is "2026-03"; what cannot be read, or lies outside the history, is the nearest month. upto is the number of
    the entry that a page begins with. Six queries; asks for account.business.
    """
    balances = _balances(account)
    if not balances:
        return None
    balance = next((each for each in balances if each.unit.code == unit), balances[0])
    zone = account.business.time_zone
    begun = Entry.objects.filter(account=account, unit=balance.unit_id, seq=1).values_list("posting__booked_at").get()
    first, last = _month_of(begun[0], zone), _month_of(at, zone)
    chosen = min(max(_read(month) or last, first), last)
    days = [date(chosen.year, number, 1) for number in range(1, 13)] + [date(chosen.year + 1, 1, 1)]
    found = marks(balance, [start_of_day(day, zone) for day in days])
    year = [_month(day, start, end, last) for day, (start, end) in zip(days, pairwise(found), strict=False)]
    start, end = found[chosen.month - 1], found[chosen.month]
    top = _top(upto, start, end)
    page = entries_with_all(account).filter(unit=balance.unit_id, seq__gt=max(start.seq, top - size), seq__lte=top)
    return Statement(
        account=account,
        balance=balance,
        balances=balances,
        year=year,
        month=year[chosen.month - 1],
        first=first,
        last=last,
        totals=_totals(balance, start, end),
        rows=movement_rows(page.order_by("-seq"), account.business),
        newer=f"upto={min(end.seq, top + size)}" if top < end.seq else "",
        older=f"upto={top - size}" if top - size > start.seq else "",
    )


def all_rows(account: Account, *, month: str = "") -> Iterator[list[MovementRow]]:
    """Yield the movements of a month, or of always, of every unit, some hundred at a time, in the order of booking."""
    zone, chosen = account.business.time_zone, _read(month)
    for balance in _balances(account):
        low, high = 0, balance.last_seq
        if chosen:
            ends = [start_of_day(day, zone) for day in (chosen, add_months(chosen, 1))]
            low, high = (mark.seq for mark in marks(balance, ends))
        entries = entries_with_all(account).filter(unit=balance.unit_id).order_by("seq")
        for start in range(low, high, CHUNK):
            yield movement_rows(entries.filter(seq__gt=start, seq__lte=min(start + CHUNK, high)), account.business)


def _balances(account: Account) -> list[Balance]:
    return list(Balance.objects.filter(account=account, last_seq__gt=0).select_related("unit").order_by("unit"))


def _month_of(at: datetime, zone: str) -> date:
    return local_day(at, zone).replace(day=1)


def _read(text: str) -> date | None:
    """Return the first day of a month that is written as "2026-03"; None where it is not."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text, re.ASCII):
        return None
    year, month = map(int, text.split("-"))
    return date(year, month, 1) if 1 <= month <= 12 and 1 < year < 9999 else None


def _month(day: date, start: Mark, end: Mark, last: date) -> Month:
    return Month(day, start.balance, end.balance, end.seq - start.seq, begun=day <= last)


def _top(text: str, start: Mark, end: Mark) -> int:
    """Return the number of the entry that a page begins with: the one asked for if the month has it, else its last."""
    asked = int(text) if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) else 0
    return asked if start.seq < asked <= end.seq else end.seq


def _totals(balance: Balance, start: Mark, end: Mark) -> list[Total]:
    """Return the totals of the entries between two marks, in the order in which the kinds are listed.

    Of a very long month all but the end is added up once in a process: what is booked stays as it is. Two queries then.
    """
    account, unit = balance.account_id, balance.unit_id
    kept = end.seq - end.seq % LONG
    if kept - start.seq < LONG:
        found = _counted(account, unit, start.seq, end.seq)
    else:
        last = Entry.objects.filter(account=account, unit=unit, seq=kept).values_list("posting__public_id", flat=True)
        found = [*_kept(last.get(), account, unit, start.seq, kept), *_counted(account, unit, kept, end.seq)]
    rows = [[row for row in found if row.kind == kind] for kind in EntryKind]
    return [_sum(totals) for totals in rows if totals]


@lru_cache(maxsize=1024)
def _kept(last: UUID, account_id: int, unit_id: int, low: int, high: int) -> list[Total]:
    """Return _counted(); last names the posting of the last entry, so that other books are not taken for these."""
    return _counted(account_id, unit_id, low, high)


def _counted(account_id: int, unit_id: int, low: int, high: int) -> list[Total]:
    rows = (
        Entry.objects.filter(account=account_id, unit=unit_id, seq__gt=low, seq__lte=high)
        .order_by()
        .values_list("kind")
        .annotate(Count("pk"), Sum("amount"), Sum("owed_change"), Sum("forgiven"))
    )
    return [Total(EntryKind(row[0]), *row[1:]) for row in rows]


def _sum(totals: Sequence[Total]) -> Total:
    """Return totals of one kind as one."""
    number, amount, owed, forgiven = (
        sum(column) for column in zip(*(astuple(each)[1:] for each in totals), strict=True)
    )
    return Total(totals[0].kind, number, amount, owed, forgiven)
