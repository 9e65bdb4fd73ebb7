import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import processes
from config.processes import Children

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
ORPHANING = """
import sys, time
from pathlib import Path
from config.processes import Children
children = Children(Path(sys.argv[1]))
children.start("child", "timeit", "-n", "1", "-r", "1", "import time; time.sleep(60)")
print(children.running["child"].pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    started = Children(tmp_path)
    yield started
    started.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().split()[2] != "Z"


def eventually(condition: object) -> bool:
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(condition())


def test_a_server_answers_until_it_is_stopped(children: Children) -> None:
    port = free_port()
    children.start("server", "http.server", "--bind", "127.0.0.1", str(port))
    assert children.answers("127.0.0.1", port)
    children.stop()
    assert children.fallen() == "server"


def test_a_child_that_ends_is_named_and_its_output_kept(children: Children, tmp_path: Path) -> None:
    children.start("broken", "no_such_module")
    assert not children.answers("127.0.0.1", free_port())
    assert children.fallen() == "broken"
    assert "No module named no_such_module" in (tmp_path / "broken.log").read_text()


def test_waiting_tells_how_it_went(children: Children) -> None:
    children.start("good", "timeit", "-n", "1", "-r", "1", "pass")
    children.start("bad", "no_such_module")
    assert children.wait("good") == 0
    assert children.wait("bad") == 1
    assert children.running == {}


def test_a_child_that_does_not_listen_is_ended(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LONGEST_STOP", 0.2)
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    children.start("child", "stubborn")
    assert eventually(lambda: "ready" in (tmp_path / "child.log").read_text())
    children.stop()
    assert children.running["child"].returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_killed_parent_leaves_no_child(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHANING, tmp_path], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        os.kill(parent.pid, signal.SIGKILL)
    assert eventually(lambda: not is_running(child))
