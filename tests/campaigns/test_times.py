"""The short form of ./regulars time-test, on the database of the test run, and its twins with wrong calendars."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection

from tests.campaigns import calendar_oracle as wall
from tests.campaigns.running import last_line
from tests.campaigns.times import Case, Shop, Verdict, cases, clock_changes

CASE = Case(
    kind="year end", zone="Pacific/Apia", policy="days", count=5, earned_at=datetime(2020, 12, 31, 9, 30, tzinfo=UTC),
    late=timedelta(days=3), hold=0, moves_to="",
)  # fmt: skip


def test_what_is_good_when_is_what_the_wall_says() -> None:
    server = [] if connection.vendor == "postgresql" else ["--database", "sqlite"]
    said = last_line("times", "--cases", "36", "--seed", "1", *server)
    assert re.fullmatch(
        rf"time-test: {connection.vendor}, 36 cases in 12 zones, \d+ checks, 0 mismatches; seed 1", said
    )


def play(*played: Case) -> Verdict:
    verdict = Verdict()
    shop = Shop(verdict)
    for case in played:
        shop.play(case)
    return verdict


@pytest.mark.django_db
class TestTwins:
    def test_as_it_is_the_case_holds(self):
        assert play(CASE).wrong == []

    def test_days_of_utc_are_seen(self, monkeypatch):
        monkeypatch.setattr("loyalty.domain.sales.ZoneInfo", lambda zone: UTC)
        for place in ("sales", "ledger.page"):
            monkeypatch.setattr(f"loyalty.domain.{place}.local_day", lambda at, zone: at.date())
        assert any("spent" in wrong or "last good day" in wrong for wrong in play(CASE).wrong)

    def test_a_job_that_books_at_midnight_of_utc_is_seen(self, monkeypatch):
        midnight = lambda day, zone: datetime(day.year, day.month, day.day, tzinfo=UTC)  # noqa: E731
        for file in ("expiring", "expiring_many"):
            monkeypatch.setattr(f"loyalty.domain.ledger.{file}.start_of_day", midnight)
        (wrong,) = play(CASE).wrong
        assert wrong.startswith("expired: ")


class TestOracle:
    """What is known of calendars, from the newspapers of the time."""

    def test_apia_had_no_30_december_2011(self):
        assert wall.first_minute_after((2011, 12, 29), "Pacific/Apia") == datetime(2011, 12, 30, 10, 0, tzinfo=UTC)
        assert wall.on_the_wall(datetime(2011, 12, 30, 10, 0, tzinfo=UTC), "Pacific/Apia") == (2011, 12, 31)

    def test_in_santiago_the_first_minute_of_a_day_may_be_one_o_clock(self):
        assert wall.first_minute_after((2019, 9, 7), "America/Santiago") == datetime(2019, 9, 8, 4, 0, tzinfo=UTC)

    def test_leap_days_and_the_ends_of_months(self):
        assert wall.days_later((2100, 2, 28), 1) == (2100, 3, 1)
        assert wall.days_later((2024, 2, 28), 1) == (2024, 2, 29)
        assert wall.months_later((2024, 2, 29), 12) == (2025, 2, 28)
        assert wall.last_good_day("months_end_of_month", 12, (2020, 7, 6)) == (2021, 7, 31)

    def test_each_awkward_kind_is_played(self):
        played = list(cases(500, Random(1)))
        assert {case.zone for case in played} == {case.zone for case in played if clock_changes(case.zone)}
        assert len({(case.zone, case.kind) for case in played}) == 60
        assert sum(bool(case.moves_to) for case in played) > 50
