"""Limits count tries by who tries, in windows of time."""

from datetime import UTC, datetime

import pytest
import time_machine

from loyalty.domain import tries
from loyalty.limits import Limit
from loyalty.models import TryCount

pytestmark = pytest.mark.django_db

HOURLY = Limit("test", most=2, seconds=3600)


def test_so_many_tries_and_no_more_until_the_next_window() -> None:
    with time_machine.travel(datetime(2026, 3, 10, 9, 30, tzinfo=UTC), tick=False) as clock:
        assert [HOURLY.allows("ana") for _ in range(3)] == [True, True, False]
        assert HOURLY.allows("bea")
        clock.move_to(datetime(2026, 3, 10, 10, 0, tzinfo=UTC))
        assert HOURLY.allows("ana")


def test_two_limits_do_not_count_each_other() -> None:
    assert all(Limit(name, most=1, seconds=60).allows("ana") for name in ("one", "other"))


def test_what_is_over_is_thrown_away() -> None:
    with time_machine.travel(datetime(2026, 3, 10, 9, 30, tzinfo=UTC), tick=False):
        HOURLY.allows("ana")
    assert tries.clean(at=datetime(2026, 3, 10, 9, 59, tzinfo=UTC)) == 0
    assert tries.clean(at=datetime(2026, 3, 10, 10, 2, tzinfo=UTC)) == 1


def test_who_is_not_kept() -> None:
    HOURLY.allows("ip 192.0.2.7\ud800")
    assert len(TryCount.objects.get().who) == 64
