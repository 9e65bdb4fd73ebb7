"""Which workers of this machine live: each holds the lock of a file of its name."""

import fcntl
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loyalty import presence

HOST = socket.gethostname()[:40]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    (tmp_path / "workers").mkdir()
    return tmp_path / "workers"


@pytest.fixture
def alive(folder: Path) -> Iterator[str]:
    """The name of a worker that holds its lock."""
    name = f"{HOST}:alive"
    with (folder / name).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield name


@pytest.fixture
def ended(folder: Path) -> str:
    """The name of a worker that left its file behind."""
    (folder / f"{HOST}:ended").touch()
    return f"{HOST}:ended"


def test_who_holds_the_lock_is_not_gone(alive: str) -> None:
    assert not presence.is_gone(alive)


def test_whose_lock_is_free_is_gone(ended: str) -> None:
    assert presence.is_gone(ended)


def test_who_left_no_file_is_gone() -> None:
    assert presence.is_gone(f"{HOST}:never")


def test_of_a_worker_elsewhere_nothing_is_known(folder: Path) -> None:
    (folder / "elsewhere:ended").touch()
    assert not presence.is_gone("elsewhere:ended")


def test_only_the_files_of_those_that_ended_are_removed(folder: Path, alive: str, ended: str) -> None:
    (folder / "elsewhere:ended").touch()
    presence.forget_the_dead()
    assert sorted(path.name for path in folder.iterdir()) == sorted([alive, "elsewhere:ended"])


def test_where_none_ever_worked_there_is_nothing_to_remove(folder: Path) -> None:
    folder.rmdir()
    presence.forget_the_dead()
    assert not folder.exists()


def test_a_worker_holds_its_own_lock(folder: Path) -> None:
    presence.own_name.cache_clear()
    try:
        name = presence.own_name()
        presence.forget_the_dead()
        assert ([path.name for path in folder.iterdir()], presence.is_gone(name)) == ([name], False)
    finally:
        presence._held.pop().close()
        presence.own_name.cache_clear()
