"""A foreign file is read by a bounded process of its own: each bomb of the corpus is refused with its reason."""

import json
import os
import resource
import select
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from loyalty.domain import children
from loyalty.domain.imports import reading
from loyalty.engine.bounded import Bounds
from loyalty.engine.imports import limits
from loyalty.engine.imports.files import NotReadable, Unreadable
from loyalty.engine.imports.limits import BOUNDS
from loyalty.engine.imports.reading import Order, read
from loyalty.engine.imports.rows import Choices
from tests import bombs
from tests.laws.tree import ROOT

COLUMNS = {"receipt": 0, "date": 1, "customer": 2, "amount": 3}


def nothing(rows: int) -> None:
    """Let the reading go on."""


def order(path: Path, *, whole: bool = False) -> Order:
    if not whole:
        return Order(path=str(path))
    form = read(Order(path=str(path)), nothing)["format"]
    return Order(
        path=str(path), stage=f"{path}.stage", format=form, columns=COLUMNS, choices=Choices().as_json(),
        latest="2026-03-01T00:00:00+00:00",
    )  # fmt: skip


WEIGH = """
import importlib.util, json, resource, sys
spec = importlib.util.spec_from_file_location("reading", "loyalty/domain/imports/reading.py")
reading = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reading)
try:
    reading.in_child(reading.Order(**json.loads(sys.argv[1])), lambda rows: None)
    reason = "none"
except reading.NotReadable as refused:
    reason = refused.reason
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([reason, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024]))
"""
"""A small process between: what a process has used at most is told to begin with what the one before it had."""


def costs(path: Path, *, whole: bool = False) -> tuple[str, float, int]:
    """Have a file read; return why it is refused, and the seconds of computing and megabytes of memory it took."""
    asked = json.dumps(order(path, whole=whole).as_json())
    done = subprocess.run([sys.executable, "-c", WEIGH, asked], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    reason, seconds, megabytes = json.loads(done.stdout)
    return reason, seconds, megabytes


@pytest.mark.parametrize("name", bombs.HEADS)
def test_a_bomb_is_refused_with_its_reason_at_little_cost(name: str, tmp_path: Path) -> None:
    make, reason = bombs.HEADS[name]
    path = tmp_path / "bomb"
    path.write_bytes(make())
    found, seconds, megabytes = costs(path)
    assert found == reason
    assert (seconds < 30, megabytes < 300) == (True, True)


@pytest.mark.nightly
@pytest.mark.parametrize("name", bombs.WHOLES)
def test_a_bomb_with_an_honest_head_is_refused_by_the_check(name: str, tmp_path: Path) -> None:
    make, reason = bombs.WHOLES[name]
    path = tmp_path / "bomb"
    path.write_bytes(make())
    found, seconds, megabytes = costs(path, whole=True)
    assert found == reason
    assert (seconds < 30, megabytes < 300, Path(f"{path}.stage").exists()) == (True, True, False)


def table(path: Path, rows: int = 3) -> Path:
    path.write_bytes(bombs.CSV_HEAD + bombs.CSV_ROW * rows)
    return path


def test_an_honest_file_is_read_by_another_process_to_the_same_answer(tmp_path: Path) -> None:
    asked = order(table(tmp_path / "a.csv"))
    answer = reading.in_child(asked, nothing)
    assert json.loads(json.dumps(read(asked, nothing))) == answer
    assert answer["rows"] == [[line, ["R1", "2026-01-05", "C1", "12.50"]] for line in (2, 3, 4)]


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    answer = reading.in_child(order(table(tmp_path / "a.csv", 25_000), whole=True), told.append)
    assert (answer, told[:3], Path(f"{tmp_path / 'a.csv'}.stage").exists()) == (
        {"rows": 25_000},
        [0, 10_000, 20_000],
        True,
    )


def test_whoever_no_longer_wants_it_ends_the_reader(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def enough(rows: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        reading.in_child(order(table(tmp_path / "a.csv", 25_000), whole=True), enough)
    assert not Path(f"{tmp_path / 'a.csv'}.stage").exists()


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that never comes to an end."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_a_reader_that_says_nothing_is_ended_by_the_clock(endless: Path) -> None:
    with pytest.raises(NotReadable) as refused:
        reading.in_child(order(endless), nothing, replace(BOUNDS, wall=1))
    assert refused.value.reason == Unreadable.TIME


SPIN = "while True: pass"
GRAB = "held = [bytearray(1 << 20) for _ in range(600)]"


def within(bounds: Bounds, work: str) -> subprocess.CompletedProcess[str]:
    """Do some work in a process that takes the bounds upon itself."""
    script = f"from loyalty.engine import bounded\nbounded.take(bounded.Bounds(**{asdict(bounds)}))\n{work}"
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_computing_without_progress_is_ended() -> None:
    assert within(replace(BOUNDS, cpu=1), SPIN).returncode == -24


def test_memory_ends_where_it_is_bounded() -> None:
    assert "MemoryError" in within(BOUNDS, GRAB).stderr


def test_without_the_bound_memory_does_not_end() -> None:
    """The twin: with more room the same work is done."""
    assert within(replace(BOUNDS, memory=2048 * limits.MEGABYTE), GRAB).returncode == 0


def test_a_stage_does_not_grow_beyond_its_bound(tmp_path: Path) -> None:
    work = f"open({str(tmp_path / 'x')!r}, 'wb', 0).write(bytes(3 << 20))"
    within(replace(BOUNDS, file=1 << 20), work)
    assert (tmp_path / "x").stat().st_size == 1 << 20


def test_a_reader_is_less_urgent_than_a_till() -> None:
    assert within(BOUNDS, "import os; print(os.nice(0))").stdout == f"{min(os.nice(0) + BOUNDS.nice, 19)}\n"


@pytest.fixture
def reader_says(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put another program in the place of the reader."""

    def says(script: str) -> None:
        monkeypatch.setattr(children, "command", lambda module: (sys.executable, "-c", script))

    return says


def test_a_reader_knows_no_secret(reader_says: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setenv("DATABASE_URL", "postgres://canary@127.0.0.1/x")
    reader_says("import json, os; print(json.dumps({'done': dict(os.environ)}))")
    told = reading.in_child(Order(path="x"), nothing)
    assert "canary" not in str(told)
    assert set(told) <= {
        "PATH", "TZDIR", "TMPDIR", "PYTHONUTF8", "MALLOC_ARENA_MAX", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import os; os._exit(3)", Unreadable.CRASHED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", Unreadable.CRASHED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Unreadable.TIME),
    ],
)
def test_a_reader_that_breaks_is_a_refusal(script: str, reason: Unreadable, reader_says: Callable[[str], None]) -> None:
    reader_says(script)
    with pytest.raises(NotReadable) as refused:
        reading.in_child(Order(path="x"), nothing)
    assert refused.value.reason == reason


def test_a_file_that_is_gone_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(NotReadable) as refused:
        reading.in_child(Order(path=str(tmp_path / "gone")), nothing)
    assert refused.value.reason == Unreadable.GONE


def test_a_reader_ends_with_whoever_started_it(endless: Path) -> None:
    script = f"""
        import django
        django.setup()
        from loyalty.domain.imports import reading
        from loyalty.engine.imports.reading import Order
        from threading import Timer
        import os, subprocess
        popen = subprocess.Popen
        def told(*words, **more):
            process = popen(*words, **more)
            print(process.pid, flush=True)
            Timer(0.5, lambda: os.kill(os.getpid(), 9)).start()
            return process
        subprocess.Popen = told
        reading.in_child(Order(path={str(endless)!r}), lambda rows: None)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=60
    )
    assert done.returncode == -9
    reader = int(done.stdout)
    assert ends(reader)


def ends(pid: int) -> bool:
    """Wait until a process that is not ours has ended."""
    watch = os.pidfd_open(pid) if Path(f"/proc/{pid}").exists() else None
    if watch is None:
        return True
    ready, _, _ = select.select([watch], [], [], 30)
    os.close(watch)
    return bool(ready)


def test_this_process_is_not_bounded_by_what_readers_are() -> None:
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY
