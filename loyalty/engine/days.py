"""Days in a business's time zone, which begin at the first moment that exists on them, and months on the calendar."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CLOCKS_DIFFER = timedelta(minutes=10)
"""How far the clocks of a till and of the server may be apart: by so much less, a moment is not too early or late."""


def local_day(at: datetime, zone: str) -> date:
    """Return the calendar day of an aware datetime in the zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """Return the first moment of the day in the zone, in UTC.

    Where the clock jumps over midnight (Santiago, Cairo, Beirut) it is the first moment after the jump;
    where midnight comes twice it is the first of the two.
    """
    info = ZoneInfo(zone)
    instant = datetime.combine(day, time.min, info).astimezone(UTC)
    while instant.astimezone(info).date() < day:
        instant += timedelta(minutes=15)
    return instant


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later (or earlier), or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def end_of_month(day: date) -> date:
    """Return the last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
