"""Having a foreign file read by a process of its own, which is given little memory, little time and no secrets."""

import json
import queue
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from threading import Thread
from time import monotonic
from typing import IO, Any

from loyalty.domain import children
from loyalty.engine.bounded import Bounds
from loyalty.engine.imports.files import NotReadable, Unreadable
from loyalty.engine.imports.limits import BOUNDS
from loyalty.engine.imports.reading import Beat, Order

PULSE = 5.0
"""Seconds after which a reading without progress is asked again whether it is still wanted."""

type Answer = dict[str, Any]


def in_child(order: Order, beat: Beat, bounds: Bounds = BOUNDS) -> Answer:
    """Have a file read within bounds; return what came of it. Raises NotReadable, and what beat raises.

    beat gets the rows read so far, at each sign of progress and every few seconds; what it raises ends the reader,
    and so does the end of this process.
    """
    process = subprocess.Popen(  # noqa: S603 - our own program, and the order goes to its input
        children.command("loyalty.engine.imports.child"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, **children.surroundings(),
    )  # fmt: skip
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps({**order.as_json(), "bounds": asdict(bounds)}).encode() + b"\n")
            process.stdin.flush()
        for answer in _answers(process.stdout, beat, bounds):
            if "done" in answer:
                return dict(answer["done"])
            raise NotReadable(Unreadable(answer["refused"]), answer["line"])
        raise NotReadable(_end(process))
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


def _answers(output: IO[bytes], beat: Callable[[int], None], bounds: Bounds) -> Iterator[Answer]:
    """Yield the final answer, if there comes one. Raises NotReadable after too long a silence, and what beat raises."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    Thread(target=_carry, args=[output, lines.put], daemon=True).start()
    rows, heard = 0, monotonic()
    while True:
        try:
            line = lines.get(timeout=min(PULSE, bounds.wall))
        except queue.Empty:
            if monotonic() - heard >= bounds.wall:
                raise NotReadable(Unreadable.TIME) from None
            beat(rows)
            continue
        if not line:
            return
        answer = json.loads(line)
        if "rows" not in answer:
            yield answer
            return
        rows, heard = int(answer["rows"]), monotonic()
        beat(rows)


def _carry(output: IO[bytes], put: Callable[[bytes], None]) -> None:
    """Hand on what a reader says, line by line, and an empty line when it is gone."""
    with suppress(OSError, ValueError):
        for line in output:
            put(line)
    put(b"")


def _end(process: subprocess.Popen[bytes]) -> Unreadable:
    """Return why a reader ended without an answer: its time was up, or its memory, or it broke."""
    return Unreadable.TIME if children.ran_out_of_time(process.wait()) else Unreadable.CRASHED


read: Callable[[Order, Beat], Answer] = in_child
"""How files are read. Tests that are about something else read in their own process."""
