from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.days import add_months, end_of_month, local_day, start_of_day
from tests.moments import moment


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        ("2026-01-01 16:59", "Asia/Ho_Chi_Minh", "2026-01-01"),
        ("2026-01-01 17:00", "Asia/Ho_Chi_Minh", "2026-01-02"),
        ("2026-01-01 04:59", "America/New_York", "2025-12-31"),
        ("2026-01-01 05:00", "America/New_York", "2026-01-01"),
    ],
)
def test_local_day(at: str, zone: str, day: str) -> None:
    assert local_day(moment(at), zone) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "zone", "start"),
    [
        ("2026-06-01", "Europe/Tallinn", "2026-05-31 21:00"),
        ("2026-01-01", "Europe/Tallinn", "2025-12-31 22:00"),
        pytest.param("2024-09-08", "America/Santiago", "2024-09-08 04:00", id="midnight does not exist"),
        pytest.param("2024-04-07", "America/Santiago", "2024-04-07 04:00", id="the hour before midnight comes twice"),
        pytest.param("2024-11-03", "America/Havana", "2024-11-03 04:00", id="midnight comes twice"),
    ],
)
def test_start_of_day(day: str, zone: str, start: str) -> None:
    assert start_of_day(date.fromisoformat(day), zone) == moment(start)


@given(
    st.dates(date(1970, 1, 2), date(2037, 12, 30)), st.sampled_from(["Africa/Cairo", "America/Havana", "Asia/Beirut"])
)
def test_a_day_starts_at_its_first_moment(day: date, zone: str) -> None:
    start = start_of_day(day, zone)
    assert start.tzinfo is UTC
    assert local_day(start, zone) == day
    assert local_day(start - timedelta(seconds=1), zone) < day
    assert datetime.combine(day, datetime.max.time(), ZoneInfo(zone)) > start


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2026-05-05", 0, "2026-05-05"),
    ],
)
def test_add_months(day: str, months: int, then: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(then)


def test_end_of_month() -> None:
    assert end_of_month(date(2024, 2, 1)) == date(2024, 2, 29)
    assert end_of_month(date(2026, 12, 31)) == date(2026, 12, 31)
