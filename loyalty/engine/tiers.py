"""Tiers: which status a value earned or spent in a window gives, and until when it is kept.

Only what was earned or spent counts, never the balance: spending points never demotes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loyalty.engine.days import add_months


class TierWindow(StrEnum):
    """The time in which the value is counted and for which a tier is kept."""

    CALENDAR_YEAR = "calendar_year"
    ROLLING_MONTHS = "rolling_months"
    FOR_EVER = "for_ever"


class TierBasis(StrEnum):
    """What is counted: units earned, money spent (minor units) or visits."""

    EARNED = "earned"
    SPENT = "spent"
    VISITS = "visits"


@dataclass(frozen=True, slots=True)
class TierStep:
    """A tier and the value from which it is reached."""

    code: str
    threshold: int


@dataclass(frozen=True, slots=True)
class TierPolicy:
    """The ladder and how long a rung is kept; `months` is the length of a rolling window."""

    steps: tuple[TierStep, ...]
    window: TierWindow = TierWindow.FOR_EVER
    months: int = 12
    basis: TierBasis = TierBasis.EARNED


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier that an account has earned ("" below the first step) and the last day for which it is sure, if any.

    A floor set by staff is no part of it: what the account is treated as is `higher(steps, standing.code, floor)`.
    """

    code: str
    kept_until: date | None = None


def qualify(steps: Sequence[TierStep], value: int) -> str:
    """The highest tier whose threshold the value reaches; "" below the first."""
    reached = [step for step in steps if step.threshold <= value]
    return max(reached, key=lambda step: step.threshold).code if reached else ""


def higher(steps: Sequence[TierStep], *codes: str) -> str:
    """The highest of some tiers; codes that are not on the ladder (a tier since removed) count for nothing."""
    thresholds = {step.code: step.threshold for step in steps}
    known = [code for code in codes if code in thresholds]
    return max(known, key=lambda code: thresholds[code]) if known else ""


def tier_for(steps: Sequence[TierStep], value: int, *, floor: str = "", kept: str = "") -> str:
    """The tier for a value: the highest of what it qualifies for, the floor set by staff, and a tier still kept."""
    return higher(steps, qualify(steps, value), floor, kept)


def next_step(steps: Sequence[TierStep], value: int) -> tuple[TierStep, int] | None:
    """The nearest tier above the value and how much is missing; None at the top."""
    above = [step for step in steps if step.threshold > value]
    if not above:
        return None
    step = min(above, key=lambda each: each.threshold)
    return step, step.threshold - value


def window_start(policy: TierPolicy, on: date) -> date | None:
    """The first day whose value counts on the day `on` (itself the last one); None for ever."""
    match policy.window:
        case TierWindow.CALENDAR_YEAR:
            return on.replace(month=1, day=1)
        case TierWindow.ROLLING_MONTHS:
            return add_months(on, -policy.months) + timedelta(days=1)
    return None


def keep_until(policy: TierPolicy, reached_on: date) -> date | None:
    """The last day for which a tier reached on a day is kept: the end of the next year, or as many months later."""
    match policy.window:
        case TierWindow.CALENDAR_YEAR:
            return date(reached_on.year + 1, 12, 31)
        case TierWindow.ROLLING_MONTHS:
            return add_months(reached_on, policy.months)
    return None


def standing_on(policy: TierPolicy, history: Iterable[tuple[date, int]], on: date) -> Standing:
    """The standing at the end of a day, worked out from what was earned or spent on which day.

    Calendar year: the better of what this year and the year before gave. Rolling months: a tier is kept from the day it
    is reached, and looked at again when its time is over. For ever: the value as it stands. Refunds belong to the day
    of their purchase, with a minus: a tier that rested on what was given back is gone with it. The same history always
    gives the same standing, however late and often it is asked for.
    """
    values: dict[date, int] = {}
    for day, value in history:
        values[day] = values.get(day, 0) + value
    match policy.window:
        case TierWindow.CALENDAR_YEAR:
            last_year = _earned(policy, values, date(on.year - 1, 12, 31))
            return _better(policy, _earned(policy, values, on), last_year)
        case TierWindow.ROLLING_MONTHS:
            return _rolled(policy, values, on)
    return _earned(policy, values, on)


def _rolled(policy: TierPolicy, values: Mapping[date, int], on: date) -> Standing:
    """The standing of a rolling window, followed through every day on which it may change."""
    standing = Standing("")
    for day in [*sorted(day for day in values if day < on), on]:
        while standing.kept_until is not None and standing.kept_until < day:
            standing = _earned(policy, values, standing.kept_until + timedelta(days=1))
        standing = _better(policy, standing, _earned(policy, values, day))
    return standing


def _earned(policy: TierPolicy, values: Mapping[date, int], on: date) -> Standing:
    """What the window that ends on the day gives by itself."""
    start = window_start(policy, on) or date.min
    code = qualify(policy.steps, sum(value for day, value in values.items() if start <= day <= on))
    return Standing(code, keep_until(policy, on) if code else None)


def _better(policy: TierPolicy, one: Standing, other: Standing) -> Standing:
    """The standing in the higher tier; the first of two in the same."""
    return one if higher(policy.steps, one.code, other.code) == one.code else other
