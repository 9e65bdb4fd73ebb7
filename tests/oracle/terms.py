"""What an owner has settled, and the calendar, in the model's own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONG_MONTHS = (1, 3, 5, 7, 8, 10, 12)


@dataclass(frozen=True)
class UnitTerms:
    """A unit: what earns it, how an award is rounded, how long it is good for.

    earns: "money" (award per so many cents of the goods that count) or "visit" (award once, from a minimum on).
    goods: the category that counts; empty for all but those of without. expiry as in docs/ledger.md, with its count.
    alone: what one person may adjust.
    """

    code: str
    earns: str = "money"
    award: int = 1
    per: int = 100
    whole_steps: bool = False
    goods: str = ""
    without: tuple[str, ...] = ()
    minimum: int = 0
    rounding: str = "down"
    daily_limit: int | None = None
    expiry: str = "never"
    count: int = 0
    hold: int = 0
    alone: int | None = None

    def counts(self, kind: str) -> bool:
        """Whether goods of a kind count."""
        return kind not in self.without and (not self.goods or kind == self.goods)

    @property
    def by_inactivity(self) -> bool:
        return self.expiry in ("inactivity_days", "inactivity_months")


@dataclass(frozen=True)
class ShopTerms:
    """A business: zone, units, whether a refund forgives what it cannot take back, how many of its bills have lines."""

    name: str
    zone: str
    units: tuple[UnitTerms, ...]
    forgives: bool = False
    lines: float = 0.8
    undo_minutes: int = 15


def day_in(zone: str, moment: datetime) -> date:
    """Return the date on the wall of the shop."""
    return moment.astimezone(ZoneInfo(zone)).date()


def length_of_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 31 if month in LONG_MONTHS else 30


def months_later(day: date, months: int) -> date:
    """Return the same day some months on, or the last one of a month that is too short."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, length_of_month(year, month)))


def good_through(terms: UnitTerms, since: date) -> date | None:
    """Return the last good day of what was earned on a day (by inactivity: of all, last active on it)."""
    if terms.expiry == "days":
        return since + timedelta(terms.count)
    if terms.expiry == "months":
        return months_later(since, terms.count)
    if terms.expiry == "months_end_of_month":
        last = months_later(since, terms.count)
        return date(last.year, last.month, length_of_month(last.year, last.month))
    if terms.expiry == "end_of_year":
        return date(since.year + terms.count, 12, 31)
    if terms.expiry == "inactivity_days":
        return since + timedelta(terms.count - 1)
    if terms.expiry == "inactivity_months":
        return months_later(since, terms.count) - timedelta(1)
    return None


def rounded(numerator: int, denominator: int, how: str) -> int:
    """Return a quotient, not negative, as a whole number: "down", "half_up" or "up"."""
    if how == "up":
        return -(-numerator // denominator)
    if how == "half_up":
        return (2 * numerator + denominator) // (2 * denominator)
    return numerator // denominator


def shared_out(total: int, weights: Sequence[int]) -> list[int]:
    """Return a total in parts in proportion to weights (all alike if they are nothing), by largest remainder."""
    weights = weights if any(weights) else [1] * len(weights)
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    lost = [total * weight % whole for weight in weights]
    for _ in range(total - sum(parts)):
        most = lost.index(max(lost))
        parts[most] += 1
        lost[most] = -1
    return parts
