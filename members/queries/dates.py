"""A member's calendar: from and until which days what they hold is good, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from loyalty.engine.days import local_day
from loyalty.models import Account, Unit
from loyalty.queries.explain import validity_in_words
from loyalty.queries.ledger import UnitBalance, balances_of


@dataclass(frozen=True, slots=True)
class DayRow:
    """What becomes good on a day (starts), or is good through it and then gone."""

    day: date
    amount: int
    unit: Unit
    starts: bool


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in which something happens; first is its first day."""

    first: date
    days: list[DayRow]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The months ahead, and how long each unit that the member can earn is good for, in words."""

    months: list[MonthRow]
    rules: list[tuple[Unit, str]]


def calendar_of(account: Account, at: datetime) -> Calendar:
    """Return the dates of everything an account holds. Three queries."""
    held, today = balances_of(account, at), local_day(at, account.business.time_zone)
    months = [MonthRow(first, list(days)) for first, days in groupby(_days(held), lambda row: row.day.replace(day=1))]
    return Calendar(months, [(balance.unit, " ".join(validity_in_words(balance.unit, today))) for balance in held])


def _days(held: Sequence[UnitBalance]) -> list[DayRow]:
    starts = [DayRow(part.first_good_day, part.amount, b.unit, True) for b in held for part in b.pending]
    ends = [DayRow(part.last_good_day, part.amount, b.unit, False) for b in held for part in b.expiring]
    return sorted(starts + ends, key=lambda row: (row.day, not row.starts, row.unit.pk))
