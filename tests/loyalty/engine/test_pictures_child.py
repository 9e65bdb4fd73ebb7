"""The program that draws one uploaded picture, run here: what it answers, and what it takes upon itself."""

import json
import os
import resource
import runpy
import sys
from collections.abc import Callable
from dataclasses import asdict
from io import BytesIO
from types import SimpleNamespace

import pytest
from PIL import Image

from loyalty.engine import pictures, pictures_child
from loyalty.engine.bounded import Bounds
from loyalty.engine.pictures import LOGO
from tests.pictures import picture

BOUNDS = Bounds(memory=4000, cpu=7, most_cpu=9, wall=1, file=0, nice=3)
type Run = Callable[[bytes], tuple[str, bytes]]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> dict[int, tuple[int, int]]:
    taken = dict[int, tuple[int, int]]()
    monkeypatch.setattr(resource, "setrlimit", taken.__setitem__)
    monkeypatch.setattr(os, "nice", lambda more: taken.__setitem__(-1, (more, more)))
    return taken


@pytest.fixture
def run(limits: dict[int, tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Have a file of this content drawn; return why it is refused, and the new file."""

    def obey(content: bytes) -> tuple[str, bytes]:
        order = {"kind": "PNG", "shape": asdict(LOGO), "bounds": asdict(BOUNDS)}
        out = BytesIO()
        sent = BytesIO(json.dumps(order).encode() + b"\n" + content)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", SimpleNamespace(buffer=sent))
            patch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
            runpy.run_path(str(pictures_child.__file__), run_name="__main__")
        said, _line, drawn = out.getvalue().partition(b"\n")
        return json.loads(said)["refused"], drawn

    return obey


def test_it_answers_with_the_picture(run: Run) -> None:
    refused, drawn = run(picture(size=(600, 300)))
    assert (refused, Image.open(BytesIO(drawn)).size) == ("", (512, 256))


def test_it_answers_why_a_picture_is_refused(run: Run) -> None:
    assert run(picture(size=(400, 400))[:90]) == ("broken", b"")


def test_it_answers_that_its_memory_has_run_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pictures, "draw", run_out)
    assert run(picture()) == ("too_many_pixels", b"")


def test_it_is_bounded_before_it_decodes(
    run: Run, limits: dict[int, tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "draw", lambda *given: str(len(limits)).encode())
    assert run(picture()) == ("", b"5")
    assert limits == {
        -1: (3, 3), resource.RLIMIT_AS: (4000, 4000), resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0), resource.RLIMIT_CPU: (7, 9),
    }  # fmt: skip
