"""Writers of one SQLite file wait for their turn, and a turn ends however its holder ends."""

import multiprocessing
import sqlite3
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from config.sqlite3.base import DatabaseWrapper
from config.sqlite3.turns import Turn

SPAWN = multiprocessing.get_context("spawn")


def hold(database: str, held: Event) -> None:
    turn = Turn(database)
    assert turn.take(5)
    held.set()
    time.sleep(60)


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = str(tmp_path / "db.sqlite3")
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (n)")
    connection.close()
    return path


@pytest.fixture
def writer(database: str) -> Iterator[BaseDatabaseWrapper]:
    wrapper = DatabaseWrapper({**_SETTINGS, "NAME": database}, "other")
    yield wrapper
    wrapper.close()


_SETTINGS = {
    "ENGINE": "config.sqlite3", "OPTIONS": {"timeout": 0.2, "transaction_mode": "IMMEDIATE"}, "TIME_ZONE": None,
    "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False,
}  # fmt: skip


def begin(writer: BaseDatabaseWrapper) -> None:
    writer.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def test_one_at_a_time(database: str) -> None:
    first, second = Turn(database), Turn(database)
    assert first.take(0)
    assert not second.take(0.05)
    first.end()
    assert second.take(0)
    second.leave()
    first.leave()


def test_a_turn_ends_with_its_process(database: str) -> None:
    held = SPAWN.Event()
    holder = SPAWN.Process(target=hold, args=(database, held))
    holder.start()
    assert held.wait(30)
    turn = Turn(database)
    assert not turn.take(0.05)
    holder.kill()
    holder.join()
    assert turn.take(5)
    turn.leave()


@pytest.mark.django_db
def test_a_transaction_takes_its_turn_and_gives_it_back(database: str, writer: BaseDatabaseWrapper) -> None:
    other = Turn(database)
    for finish in (writer.commit, writer.rollback, writer.close):
        writer.ensure_connection()
        begin(writer)
        assert not other.take(0)
        finish()
        assert other.take(0)
        other.end()
        writer.close()
    other.leave()


@pytest.mark.django_db
def test_who_waits_too_long_is_told_that_the_database_is_locked(database: str, writer: BaseDatabaseWrapper) -> None:
    other = Turn(database)
    assert other.take(0)
    with pytest.raises(OperationalError, match="database is locked"):
        begin(writer)
    other.leave()
    begin(writer)


@pytest.mark.django_db
def test_a_turn_is_given_back_when_sqlite_is_locked_by_somebody_else(
    database: str, writer: BaseDatabaseWrapper
) -> None:
    stranger = sqlite3.connect(database, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        begin(writer)
    stranger.close()
    other = Turn(database)
    assert other.take(0)
    other.leave()


@pytest.mark.django_db
def test_the_log_outlives_the_last_connection(database: str, writer: BaseDatabaseWrapper) -> None:
    """On a full disk it could not be made anew, and nothing could be read."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    with writer.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (1)")
    writer.close()
    assert [Path(f"{database}{end}").exists() for end in ("-wal", "-shm")] == [True, True]
