"""Limits count tries by who tries, in windows of time."""

from datetime import UTC, datetime

import time_machine

from loyalty.limits import Limit

HOURLY = Limit("test", most=2, seconds=3600)


def test_so_many_tries_and_no_more_until_the_next_window() -> None:
    with time_machine.travel(datetime(2026, 3, 10, 9, 30, tzinfo=UTC), tick=False) as clock:
        assert [HOURLY.allows("ana") for _ in range(3)] == [True, True, False]
        assert HOURLY.allows("bea")
        clock.move_to(datetime(2026, 3, 10, 10, 0, tzinfo=UTC))
        assert HOURLY.allows("ana")


def test_two_limits_do_not_count_each_other() -> None:
    assert all(Limit(name, most=1, seconds=60).allows("ana") for name in ("one", "other"))
