"""A calendar of its own for ./regulars time-test: what day it is, found by walking minutes of UTC and asking each.

It knows no midnight, no zone arithmetic and none of the product's code: it asks what the clock on the wall shows at one
minute after the other, and counts days, months and years by their lengths.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

type Day = tuple[int, int, int]
"""Year, month, day, as the wall shows them."""

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def on_the_wall(at: datetime, zone: str) -> Day:
    """Return what a calendar on the wall of a place shows."""
    shown = at.astimezone(ZoneInfo(zone))
    return (shown.year, shown.month, shown.day)


@cache
def first_minute_after(day: Day, zone: str) -> datetime:
    """Return the first minute of UTC in which the wall shows a later day, walking on from two days before it."""
    minute = datetime(*day, tzinfo=UTC) - timedelta(days=2)
    while on_the_wall(minute + HOUR, zone) <= day:
        minute += HOUR
    while on_the_wall(minute, zone) <= day:
        minute += MINUTE
    return minute


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def length(year: int, month: int) -> int:
    """Return the days of a month."""
    return (31, 29 if is_leap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def next_day(day: Day) -> Day:
    year, month, number = day
    if number < length(year, month):
        return (year, month, number + 1)
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


def day_before(day: Day) -> Day:
    year, month, number = day
    if number > 1:
        return (year, month, number - 1)
    return (year, month - 1, length(year, month - 1)) if month > 1 else (year - 1, 12, 31)


def days_later(day: Day, count: int) -> Day:
    for _ in range(count):
        day = next_day(day)
    return day


def months_later(day: Day, count: int) -> Day:
    """Return the same number so many months on, or the last there is."""
    year, month, number = day
    for _ in range(count):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return (year, month, min(number, length(year, month)))


def last_good_day(policy: str, count: int, earned: Day) -> Day | None:
    """Return the last day on which what was earned on a day is good."""
    if policy == "never":
        return None
    if policy == "days":
        return days_later(earned, count)
    if policy == "months":
        return months_later(earned, count)
    if policy == "months_end_of_month":
        year, month, _ = months_later(earned, count)
        return (year, month, length(year, month))
    if policy == "end_of_year":
        return (earned[0] + count, 12, 31)
    if policy == "inactivity_days":
        return day_before(days_later(earned, count))
    assert policy == "inactivity_months"
    return day_before(months_later(earned, count))
