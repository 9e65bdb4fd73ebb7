"""Everything that reads a foreign file: what it is, its first rows, and all its rows put in order.

Orders and answers are plain JSON, for whoever does the reading is a process of its own (child.py), in which a file that
was made to do harm finds little memory, little time and no secrets.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Self
from zoneinfo import ZoneInfo

from loyalty.engine.imports.columns import Field
from loyalty.engine.imports.files import FileFormat, NotReadable, Unreadable, identify
from loyalty.engine.imports.limits import MOST_ROWS
from loyalty.engine.imports.rows import Choices, Refused, RowReader
from loyalty.engine.imports.stage import StageWriter
from loyalty.engine.imports.table import complete, header, numbered_rows

BEAT = 10_000
"""Rows between two signs of progress."""

KEPT_ROWS, KEPT_LETTERS, KEPT_CELL = 300, 200_000, 200
"""What is kept of the head of a file: rows, characters in all, and in one cell."""

type Beat = Callable[[int], None]
"""Called with the rows read so far; what it raises ends the reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be read. Without a stage only the head is wanted; with one all rows, put in order there."""

    path: str
    stage: str = ""
    format: dict[str, Any] | None = None
    columns: dict[str, int] | None = None
    choices: dict[str, Any] | None = None
    zone: str = "UTC"
    digits: int = 2
    latest: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the order for sending."""
        return asdict(self)

    @classmethod
    def from_json(cls, sent: dict[str, Any]) -> Self:
        """Return an order that was sent."""
        return cls(**sent)


def read(order: Order, beat: Beat) -> dict[str, Any]:
    """Do what was ordered and return what is to be kept of it, as JSON. Raises NotReadable."""
    try:
        return _gather(order, beat) if order.stage else _look(order)
    except FileNotFoundError as error:
        raise NotReadable(Unreadable.GONE) from error
    except MemoryError as error:
        raise NotReadable(Unreadable.MEMORY) from error
    except sqlite3.OperationalError as error:
        # The stage has grown too large for the disk, or for what it may have of it.
        raise NotReadable(Unreadable.STORAGE) from error


def _look(order: Order) -> dict[str, Any]:
    """Return the format of a file and its head: names of the columns, and the first rows with their lines."""
    with Path(order.path).open("rb") as content:
        form = complete(content, identify(content))
        content.seek(0)
        names = header(content, form)
        content.seek(0)
        rows = _kept(numbered_rows(content, form))
    width = max([len(names), *(len(cells) for _, cells in rows)])
    names = [name[:KEPT_CELL] for name in names]
    return {"format": form.as_json(), "names": names + [""] * (width - len(names)), "rows": rows}


def _kept(rows: Any) -> list[tuple[int, list[str]]]:
    """Return the first rows, as many as are worth keeping, their cells cut."""
    kept: list[tuple[int, list[str]]] = []
    letters = 0
    for line, cells in islice(rows, KEPT_ROWS):
        cut = [cell[:KEPT_CELL] for cell in cells]
        letters += sum(map(len, cut)) + len(cut)
        if kept and letters > KEPT_LETTERS:
            break
        kept.append((line, cut))
    return kept


def _gather(order: Order, beat: Beat) -> dict[str, Any]:
    """Put all rows of a file in order in a stage; return how many rows there are."""
    assert order.format is not None
    assert order.columns is not None
    assert order.choices is not None
    form = FileFormat.from_json(order.format)
    columns = {Field(name): number for name, number in order.columns.items()}
    choices = Choices.from_json(order.choices)
    reader = RowReader(
        columns, choices, zone=ZoneInfo(order.zone), digits=order.digits, latest=datetime.fromisoformat(order.latest)
    )
    with (
        Path(order.path).open("rb") as content,
        StageWriter(Path(order.stage), numbered=Field.RECEIPT in columns, repeats=choices.repeats) as writer,
    ):
        if form.lines > MOST_ROWS:
            _refuse_too_many(content, form, beat)
        for count, (line, cells) in enumerate(numbered_rows(content, form)):
            if count % BEAT == 0:
                beat(count)
            _add(writer, reader, line, cells)
        writer.finish(lambda: beat(writer.rows))
        return {"rows": writer.rows}


def _refuse_too_many(content: BinaryIO, form: FileFormat, beat: Beat) -> None:
    """Go through the rows of a file of very many lines once: too many are refused before any of them is reckoned."""
    for count, _row in enumerate(numbered_rows(content, form)):
        if count % BEAT == 0:
            beat(0)
    content.seek(0)


def _add(writer: StageWriter, reader: RowReader, line: int, cells: Sequence[str]) -> None:
    try:
        writer.add(reader.read(line, cells))
    except Refused as refused:
        writer.refuse(refused)
