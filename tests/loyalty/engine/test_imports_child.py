"""The program that reads one foreign file, run here: what it answers, and what it takes upon itself."""

import io
import json
import os
import resource
import runpy
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from loyalty.engine.bounded import Bounds
from loyalty.engine.imports import child, reading, table
from loyalty.engine.imports.files import FileFormat
from loyalty.engine.imports.reading import Order
from loyalty.engine.imports.rows import Choices
from tests import bombs

BOUNDS = Bounds(memory=4000, cpu=7, most_cpu=100, wall=1, file=5000, nice=6)
CHECK = {
    "format": FileFormat().as_json(), "columns": {"receipt": 0, "date": 1, "customer": 2, "amount": 3},
    "choices": Choices().as_json(), "latest": "2026-03-01T00:00:00+00:00",
}  # fmt: skip


@dataclass
class Program:
    """The program, with what would reach beyond it written down instead."""

    path: Path
    out: Callable[[], str]
    patch: pytest.MonkeyPatch
    used: float = 0.0
    limits: dict[int, tuple[int, int]] = field(default_factory=dict)
    nice: list[int] = field(default_factory=list)
    watches: list[Callable[[], None]] = field(default_factory=list)

    def thread(self, *, target: Callable[[], None], daemon: bool) -> SimpleNamespace:
        assert daemon
        return SimpleNamespace(start=lambda: self.watches.append(target))

    def run(self, content: bytes, **order: Any) -> list[dict[str, Any]]:
        """Have a file of this content read; return the answers."""
        self.path.write_bytes(content)
        return self.obey(Order(path=str(self.path), **order))

    def obey(self, order: Order) -> list[dict[str, Any]]:
        sent = json.dumps({**order.as_json(), "bounds": asdict(BOUNDS)}).encode() + b"\n"
        self.patch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(sent)))
        runpy.run_path(str(child.__file__), run_name="__main__")
        return [json.loads(line) for line in self.out().splitlines()]


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    program = Program(tmp_path / "sent", lambda: capsys.readouterr().out, monkeypatch)
    monkeypatch.setattr(resource, "setrlimit", program.limits.__setitem__)
    monkeypatch.setattr(resource, "getrusage", lambda who: SimpleNamespace(ru_utime=program.used, ru_stime=0.5))
    monkeypatch.setattr(os, "nice", program.nice.append)
    monkeypatch.setattr(threading, "Thread", program.thread)
    monkeypatch.setattr(threading, "stack_size", lambda size: 0)
    return program


def test_it_answers_what_came_of_the_reading(program: Program) -> None:
    (answer,) = program.run(bombs.CSV_HEAD + bombs.CSV_ROW)
    assert set(answer) == {"done"}
    assert answer["done"]["names"] == ["receipt", "date", "customer", "amount"]
    assert answer["done"]["rows"] == [[2, ["R1", "2026-01-05", "C1", "12.50"]]]


def test_it_answers_why_a_file_is_refused(program: Program) -> None:
    assert program.run(b"\n\n") == [{"refused": "empty", "line": None}]


def test_it_answers_on_which_line_a_file_is_refused(program: Program) -> None:
    content = bombs.CSV_HEAD + bombs.CSV_ROW + b'"open,1,2,3\n' + bombs.CSV_ROW * 20_000
    assert program.run(content) == [{"refused": "open_quote", "line": 3}]


def test_it_answers_that_a_file_is_gone(program: Program) -> None:
    assert program.obey(Order(path=str(program.path))) == [{"refused": "gone", "line": None}]


def test_it_answers_that_its_memory_has_run_out(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(reading, "read", run_out)
    assert program.run(b"a,b\n") == [{"refused": "memory", "line": None}]


def test_it_says_how_far_it_is(program: Program) -> None:
    content = bombs.CSV_HEAD + bombs.CSV_ROW * 10_001
    answers = program.run(content, stage=f"{program.path}.stage", **CHECK)
    assert [answer.get("rows") for answer in answers[:2]] == [0, 10_000]
    assert answers[-1] == {"done": {"rows": 10_001}}


def test_it_takes_its_bounds_upon_itself(program: Program) -> None:
    program.run(b"\n")
    assert program.limits == {
        resource.RLIMIT_AS: (4000, 4000), resource.RLIMIT_FSIZE: (5000, 5000), resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_CPU: (7, 100),
    }  # fmt: skip


def test_it_is_bounded_before_it_reads(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "read", lambda order, beat: {"bounded": len(program.limits)})
    assert program.run(b"") == [{"done": {"bounded": 4}}]


def test_it_lets_others_go_first(program: Program) -> None:
    program.run(b"\n")
    assert program.nice == [6]


@pytest.mark.parametrize(("used", "allowed"), [(3.6, 11), (92.0, 99), (98.0, 100)])
def test_with_progress_it_may_compute_longer_but_not_for_ever(program: Program, used: float, allowed: int) -> None:
    program.used = used
    program.run(bombs.CSV_HEAD + bombs.CSV_ROW, stage=f"{program.path}.stage", **CHECK)
    assert program.limits[resource.RLIMIT_CPU] == (allowed, 100)


def test_it_ends_when_whoever_gave_the_order_is_gone(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program.run(b"\n")
    (watch,) = program.watches
    heard, ended = [b"more", b"", b"nobody asks"], list[int]()
    with monkeypatch.context() as patch:
        patch.setattr(os, "read", lambda place, size: heard.pop(0))
        patch.setattr(os, "_exit", ended.append)
        watch()
    assert (ended, heard) == ([1], [b"nobody asks"])


class TestVeryManyLines:
    """A file of more lines than there may be rows is gone through before any of its rows is reckoned."""

    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "MOST_ROWS", 4)
        monkeypatch.setattr(table, "MOST_ROWS", 4)

    def check(self, program: Program, content: bytes) -> list[dict[str, Any]]:
        form = FileFormat(lines=content.count(b"\n"))
        return program.run(content, stage=f"{program.path}.stage", **{**CHECK, "format": form.as_json()})

    def test_too_many_rows_are_refused_before_a_stage_is_begun(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "_add", None)
        answers = self.check(program, bombs.CSV_HEAD + bombs.CSV_ROW * 4)
        assert answers == [{"rows": 0}, {"refused": "many_rows", "line": 5}]

    def test_rows_of_several_lines_are_read_all_the_same(self, program: Program) -> None:
        answers = self.check(program, bombs.CSV_HEAD + b'"R\n1",2026-01-05,C1,12.50\n' * 3)
        assert answers[-1] == {"done": {"rows": 3}}
