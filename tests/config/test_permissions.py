"""Other users of the machine: they read static files and reach the socket, and nothing else."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from gunicorn.config import Config
from gunicorn.sock import UnixSocket

from config import permissions

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def manage(folder: Path, *words: str) -> None:
    """Run a command as an operator does, under the usual umask."""
    environment = {
        "PATH": os.environ["PATH"], "REGULARS_MODE": "development", "DATA_DIR": str(folder), "HOME": str(folder),
    }  # fmt: skip
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True, capture_output=True)


def test_the_database_is_its_users_alone(tmp_path: Path) -> None:
    manage(tmp_path, "migrate", "loyalty", "0001", "--verbosity=0")
    found = {path.name: mode(path) for path in tmp_path.iterdir() if path.is_file()}
    assert found.pop("regulars.sqlite3") == "0o600"
    assert set(found.values()) <= {"0o600"}


def test_a_database_that_all_could_read_is_closed(tmp_path: Path) -> None:
    database = tmp_path / "regulars.sqlite3"
    database.touch()
    database.chmod(0o664)
    manage(tmp_path, "migrate", "contenttypes", "--verbosity=0")
    assert mode(database) == "0o660"
    assert {mode(path) for path in tmp_path.glob("*-turn")} == {"0o600"}


def test_static_files_are_for_the_proxy_too(tmp_path: Path) -> None:
    manage(tmp_path, "collectstatic", "--no-input", "--verbosity=0")
    static = tmp_path / "static"
    assert {mode(path) for path in static.rglob("*.css*")} == {"0o644"}
    assert {mode(path) for path in [static, *static.rglob("*")] if path.is_dir()} == {"0o755"}


def test_a_process_writes_for_itself_unless_it_makes_static_files(tmp_path: Path) -> None:
    permissions.keep_private(["manage.py", "worker"])
    (tmp_path / "private").touch()
    permissions.keep_private(["manage.py", "collectstatic"])
    (tmp_path / "static").touch()
    assert (mode(tmp_path / "private"), mode(tmp_path / "static")) == ("0o600", "0o644")


def test_without_it_all_could_read(tmp_path: Path) -> None:
    (tmp_path / "left").touch()
    assert mode(tmp_path / "left") == "0o644"


def test_the_proxy_reaches_the_socket(tmp_path: Path) -> None:
    permissions.keep_private(["gunicorn"])
    made = UnixSocket(str(tmp_path / "socket"), Config(), __import__("logging").getLogger("test"))
    assert isinstance(made.sock, socket.socket)
    assert mode(tmp_path / "socket") == "0o777"
    made.sock.close()
