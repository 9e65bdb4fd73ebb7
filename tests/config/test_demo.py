import argparse
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import demo


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "var" / "demo"
    folder.mkdir(parents=True)
    monkeypatch.setattr(demo, "DATA", folder)
    return folder


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_busy_port_is_refused_with_the_next_one_as_advice(taken_port: int) -> None:
    with pytest.raises(SystemExit, match=f"Port {taken_port} is busy: .* --port {taken_port + 1}"):
        demo.refuse_busy(taken_port)


def test_a_free_port_is_taken(taken_port: int) -> None:
    demo.refuse_busy(0)


@pytest.mark.parametrize(("text", "port"), [("1", 1), ("8000", 8000), ("65535", 65535)])
def test_ports(text: str, port: int) -> None:
    assert demo.port_number(text) == port


@pytest.mark.parametrize("text", ["0", "65536", "-1", "8e3", "", "٨٠٠٠", "http"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no port"):
        demo.port_number(text)


def test_the_secret_is_made_once_and_nobody_else_reads_it(data: Path) -> None:
    first = demo.secret()
    assert len(first) > 40
    assert demo.secret() == first
    assert (data / "secret").stat().st_mode & 0o777 == 0o600


def test_an_empty_secret_is_made_anew(data: Path) -> None:
    (data / "secret").touch()
    assert len(demo.secret()) > 40


def test_two_demos_do_not_share_their_data(data: Path) -> None:
    with demo.only_one(), pytest.raises(SystemExit, match="running already"):
        demo.only_one()
    demo.only_one().close()


def test_the_settings_of_the_surroundings_are_dropped(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"DATABASE_URL": "postgres://somewhere/else", "DEBUG": "true", "PATH": "/bin"})
    demo.surround(port=8123)
    assert os.environ == {
        "PATH": "/bin",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REGULARS_MODE": "demo",
        "DATA_DIR": str(data),
        "BASE_URL": "http://localhost:8123",
        "SECRET_KEY": demo.secret(),
    }


def test_the_state_of_static_files_changes_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    (tmp_path / "static").mkdir()
    (tmp_path / "requirements.txt").touch()
    states = [demo.static_state()]
    for name, text in [("a.css", "a"), ("a.css", "b"), ("b.css", "b")]:
        (tmp_path / "static" / name).write_text(text)
        states.append(demo.static_state())
    assert len(set(states)) == 4
    assert demo.static_state() == states[-1]
