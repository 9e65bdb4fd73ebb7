"""The short forms of ./regulars crash-test, part by part, and the twin whose statements commit one by one."""

import os
import re

import pytest
from django.db import connection

from tests.campaigns.cluster import find_programs
from tests.campaigns.running import last_line, run

needs_cluster = pytest.mark.skipif(find_programs() is None, reason="needs PostgreSQL's server programs")
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="making a small disk needs root")


def server() -> list[str]:
    return [] if connection.vendor == "postgresql" else ["--database", "sqlite"]


def test_what_was_acknowledged_outlives_kills() -> None:
    said = last_line("crash_kills", "--kills", "7", "--seed", "4", *server())
    assert re.match(rf"kills: {connection.vendor}, 7 \(at work: .*\), \d+ acknowledged bookings, .*, 0 faults;", said)


def test_without_transactions_kills_leave_drift() -> None:
    done = run("crash_kills", "--torn", "--kills", "3", "--seed", "4", *server())
    seen = re.search(r"drift after (\d) of 3", done.stdout)
    assert seen, done.stdout + done.stderr
    assert int(seen[1]) > 0


@pytest.mark.race
@needs_cluster
def test_what_was_acknowledged_outlives_postgresql_s_end() -> None:
    said = last_line("crash_stops", "--stops", "2", "--seed", "4")
    assert re.match(r"stops: 2, \d+ acknowledged bookings, .*, 0 faults;", said)


@pytest.mark.race
@needs_cluster
@needs_root
def test_a_full_disk_under_postgresql_refuses_cleanly() -> None:
    assert ", 0 faults;" in last_line("crash_disk", "--seed", "4")


@needs_root
def test_a_full_disk_under_sqlite_refuses_cleanly() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("runs on SQLite's round of the tests")
    assert ", 0 faults;" in last_line("crash_disk", "--seed", "4", "--database", "sqlite")
