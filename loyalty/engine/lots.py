"""Lots: how long an award is good for, and which lots a spending takes from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loyalty.engine.days import add_months, end_of_month


class ExpiryKind(StrEnum):
    """How the last good day of an award is found."""

    NEVER = "never"
    DAYS = "days"
    MONTHS = "months"
    MONTHS_END_OF_MONTH = "months_end_of_month"
    END_OF_YEAR = "end_of_year"
    INACTIVITY_DAYS = "inactivity_days"
    INACTIVITY_MONTHS = "inactivity_months"


@dataclass(frozen=True, slots=True)
class ExpiryPolicy:
    """How long a unit is good for. `count` is days, months, or for END_OF_YEAR how many years after the one at hand."""

    kind: ExpiryKind = ExpiryKind.NEVER
    count: int = 0

    @property
    def by_inactivity(self) -> bool:
        """Whether any activity of the account moves the last good day of all its lots."""
        return self.kind in (ExpiryKind.INACTIVITY_DAYS, ExpiryKind.INACTIVITY_MONTHS)


@dataclass(frozen=True, slots=True)
class LotView:
    """What is left of one award. `earned_seq` grows with the order in which lots were earned.

    It can be spent from its first good day (None: at once) through its last (None: for ever).
    """

    id: int
    remaining: int
    last_good_day: date | None
    earned_seq: int
    first_good_day: date | None = None

    def is_good(self, on: date) -> bool:
        """Whether it can be spent on the day."""
        return (self.first_good_day is None or self.first_good_day <= on) and not self.is_past(on)

    def is_past(self, on: date) -> bool:
        """Whether its last good day is over; what is still held is not past."""
        return self.last_good_day is not None and self.last_good_day < on


@dataclass(frozen=True, slots=True)
class Take:
    """So much from (or back to) that lot, smallest parts."""

    lot_id: int
    amount: int


class NotEnough(Exception):
    """There is less than was asked for; both in smallest parts."""

    def __init__(self, available: int, asked: int) -> None:
        super().__init__(f"{asked} asked, {available} there")
        self.available = available
        self.asked = asked


def last_good_day(policy: ExpiryPolicy, earned_on: date) -> date | None:
    """The last day on which an award can be spent, in the business's time zone; None where it never expires.

    DAYS: the day so many days later. MONTHS: the same day so many months later, or that month's last.
    MONTHS_END_OF_MONTH: the end of that month. END_OF_YEAR: 31 December. For inactivity `earned_on` is the last one,
    and the award goes on the day that completes the time: its last good day is the one before.
    """
    match policy.kind:
        case ExpiryKind.NEVER:
            return None
        case ExpiryKind.DAYS:
            return earned_on + timedelta(days=policy.count)
        case ExpiryKind.MONTHS:
            return add_months(earned_on, policy.count)
        case ExpiryKind.MONTHS_END_OF_MONTH:
            return end_of_month(add_months(earned_on, policy.count))
        case ExpiryKind.END_OF_YEAR:
            return date(earned_on.year + policy.count, 12, 31)
        case ExpiryKind.INACTIVITY_DAYS:
            return earned_on + timedelta(days=policy.count - 1)
        case ExpiryKind.INACTIVITY_MONTHS:
            return add_months(earned_on, policy.count) - timedelta(days=1)


def active_since(policy: ExpiryPolicy, today: date) -> date | None:
    """The first day on or after which an account was active if what it holds is good today; None without inactivity.

    >>> active_since(ExpiryPolicy(ExpiryKind.INACTIVITY_MONTHS, 1), date(2025, 3, 30))
    datetime.date(2025, 3, 1)
    """
    if not policy.by_inactivity:
        return None
    by_months = policy.kind is ExpiryKind.INACTIVITY_MONTHS
    day = add_months(today, -policy.count) if by_months else today - timedelta(days=policy.count)
    while (last_good_day(policy, day) or today) < today:
        day += timedelta(days=1)
    return day


def first_good_day(hold_days: int, earned_on: date) -> date | None:
    """The first day on which an award can be spent, in the business's time zone; None where that is at once."""
    return earned_on + timedelta(days=hold_days) if hold_days else None


def shortest_life(policy: ExpiryPolicy) -> int | None:
    """How many days after it was earned an award is good at the least; None where it never expires.

    >>> shortest_life(ExpiryPolicy(ExpiryKind.MONTHS, 1)), shortest_life(ExpiryPolicy(ExpiryKind.END_OF_YEAR))
    (28, 0)
    """
    days = [date(2025, 1, 1) + timedelta(days=count) for count in range(365)]
    lives = [(last - day).days for day in days if (last := last_good_day(policy, day))]
    return min(lives, default=None)


def holds_too_long(hold_days: int, policy: ExpiryPolicy) -> bool:
    """Whether an award could run out before it can be spent, or on that very day."""
    life = shortest_life(policy) if hold_days else None
    return life is not None and hold_days >= life


def spending_order(lot: LotView) -> tuple[bool, date, int]:
    """The key by which lots are spent: what expires first, then the oldest; what never expires goes last."""
    return (lot.last_good_day is None, lot.last_good_day or date.max, lot.earned_seq)


def usable(lots: Iterable[LotView], on: date | None) -> list[LotView]:
    """The lots that can be spent on the day, in the order of spending, whether or not the expiry job has run.

    Without a day, all that hold something.
    """
    good = (lot for lot in lots if lot.remaining > 0 and (on is None or lot.is_good(on)))
    return sorted(good, key=spending_order)


def plan_spend(lots: Iterable[LotView], amount: int, *, on: date | None = None) -> list[Take]:
    """How much to take from which lot, in the order of spending; the takes sum to the amount.

    With `on`, lots that are not good on that day, or not yet, are left alone. Raises NotEnough, and ValueError for less
    than nothing.
    """
    if amount < 0:
        raise ValueError("a spending is not negative")
    good = usable(lots, on)
    available = sum(lot.remaining for lot in good)
    if amount > available:
        raise NotEnough(available, amount)
    takes = []
    for lot in good:
        if not amount:
            break
        taken = min(lot.remaining, amount)
        takes.append(Take(lot.id, taken))
        amount -= taken
    return takes


def plan_give_back(takes: Sequence[Take], amount: int) -> list[Take]:
    """Which lots get back so much of what `takes` (in the order of spending) took: what was taken last goes back first.

    So of a spending undone in part, the lots that last longest are restored. Raises ValueError if more than was taken
    is to go back.
    """
    if not 0 <= amount <= sum(take.amount for take in takes):
        raise ValueError("more would go back than was taken")
    given = []
    for take in reversed(takes):
        if not amount:
            break
        back = min(take.amount, amount)
        given.append(Take(take.lot_id, back))
        amount -= back
    return given
