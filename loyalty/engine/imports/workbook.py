"""The rows of a workbook as texts, read as they come: nothing of a sheet is held but the row at hand.

A workbook is a zip archive of XML. Its parts are read by expat in blocks; documents that declare types or entities are
refused, and every count that a small file could blow up has its limit.
"""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from posixpath import join, normpath
from typing import Any, BinaryIO
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, from_ISO8601

from loyalty.engine.imports.files import DAMAGED, NotReadable, Unreadable
from loyalty.engine.imports.limits import (
    COLUMNS_READ,
    LARGEST_GAP,
    LARGEST_TEXTS,
    LONGEST_CELL,
    MOST_CELLS,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_TEXTS,
)

type NumberedRow = tuple[int, Sequence[str]]
type Attributes = dict[str, str]

_BLOCK = 64 * 1024
_FAULTS = (
    *DAMAGED, zipfile.LargeZipFile, expat.ExpatError, LookupError, ValueError, TypeError, AttributeError,
    ArithmeticError,
)  # fmt: skip


def workbook_rows(stream: BinaryIO) -> Iterator[NumberedRow]:
    """Yield the rows of the first sheet that says something, each with its number; blank ones are left out.

    Raises NotReadable.
    """
    line = None
    try:
        with zipfile.ZipFile(stream) as archive:
            book = _Book(archive)
            for sheet in book.sheets[:MOST_SHEETS]:
                for line, cells in _Sheet(book).read(archive, sheet):
                    yield line, cells
                if line is not None:
                    return
    except _FAULTS as error:
        raise NotReadable(Unreadable.DAMAGED, line) from error


def workbook_size(stream: BinaryIO) -> int:
    """Return how many rows the first sheet says it has, which may be wrong; 0 where it does not say."""
    try:
        with zipfile.ZipFile(stream) as archive:
            book = _Book(archive)
            return _said_size(archive, book.sheets[0]) if book.sheets else 0
    except _FAULTS as error:
        raise NotReadable(Unreadable.DAMAGED) from error


class _Reader:
    """Reads one part of a workbook; names of elements and attributes are without their prefixes."""

    def parse(self, archive: zipfile.ZipFile, part: str) -> None:
        """Read a part to its end."""
        for _ in self.blocks(archive, part):
            pass

    def blocks(self, archive: zipfile.ZipFile, part: str) -> Iterator[None]:
        """Read a part, coming back after each block."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, given: self.start(
            name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in given.items()} if given else given
        )
        parser.EndElementHandler = lambda name: self.end(name.rpartition(":")[2])
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = _refuse_types
        with archive.open(part) as content:
            while block := content.read(_BLOCK):
                parser.Parse(block, False)
                yield
            parser.Parse(b"", True)
            yield

    def start(self, name: str, given: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Some text inside an element."""


class _Found(Exception):
    """What was looked for has been seen; no need to read on."""


class _Said(_Reader):
    """The last row that a sheet says it has."""

    def __init__(self) -> None:
        self.rows = 0

    def start(self, name: str, given: Attributes) -> None:
        if name == "dimension":
            digits = "".join(sign for sign in given.get("ref", "").rpartition(":")[2] if sign.isdigit())
            self.rows = min(int(digits[:9] or 0), MOST_ROWS)
        if name in ("dimension", "sheetData"):
            raise _Found


def _said_size(archive: zipfile.ZipFile, part: str) -> int:
    said = _Said()
    with suppress(_Found):
        said.parse(archive, part)
    return said.rows


def _refuse_types(*said: object) -> None:
    """No program writes a workbook that declares entities: they serve to make much of little."""
    raise NotReadable(Unreadable.ENTITIES)


class _Book:
    """What the cells of a workbook refer to: its sheets in their order, shared texts, and which styles are dates."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        parts = {name.lower(): name for name in archive.namelist()}
        self.links = _Links()
        self.links.parse(archive, parts["xl/_rels/workbook.xml.rels"])
        contents = _Contents()
        contents.parse(archive, parts["xl/workbook.xml"])
        self.epoch = CALENDAR_MAC_1904 if contents.counts_from_1904 else CALENDAR_WINDOWS_1900
        targets = (self.links.sheets.get(link, "") for link in contents.sheets)
        self.sheets = [parts[target.lower()] for target in targets if target.lower() in parts]
        self.styles = _Styles()
        if self.links.styles.lower() in parts:
            self.styles.parse(archive, parts[self.links.styles.lower()])
        self.texts: list[str] = []
        if self.links.texts.lower() in parts:
            texts = _Texts()
            texts.parse(archive, parts[self.links.texts.lower()])
            self.texts = texts.found


class _Links(_Reader):
    """Where the parts of a workbook lie."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.styles = self.texts = ""

    def start(self, name: str, given: Attributes) -> None:
        if name != "Relationship" or given.get("TargetMode") == "External":
            return
        target = given.get("Target", "")
        place = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        kind = given.get("Type", "").rpartition("/")[2]
        if kind == "worksheet" and len(self.sheets) < MOST_SHEETS:
            self.sheets[given.get("Id", "")] = place
        elif kind == "styles":
            self.styles = place
        elif kind == "sharedStrings":
            self.texts = place


class _Contents(_Reader):
    """The sheets of a workbook in their order, and from when it counts days."""

    def __init__(self) -> None:
        self.sheets: list[str] = []
        self.counts_from_1904 = False

    def start(self, name: str, given: Attributes) -> None:
        if name == "sheet" and len(self.sheets) < MOST_SHEETS:
            self.sheets.append(given.get("id", ""))
        elif name == "workbookPr":
            self.counts_from_1904 = given.get("date1904", "0") in ("1", "true")


class _Styles(_Reader):
    """Which styles of cells show a number as a date, and which as a span of time."""

    def __init__(self) -> None:
        self.formats: dict[int, str] = dict(BUILTIN_FORMATS)
        self.dates: set[int] = set()
        self.spans: set[int] = set()
        self.inside = False
        self.count = 0

    def start(self, name: str, given: Attributes) -> None:
        if name == "numFmt":
            self.formats[int(given["numFmtId"])] = given.get("formatCode", "")[:255]
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            code = self.formats.get(int(given.get("numFmtId", "0")), "")
            if is_date_format(code):
                self.dates.add(self.count)
                if is_timedelta_format(code):
                    self.spans.add(self.count)
            self.count += 1

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.inside = False


class _Texts(_Reader):
    """The texts that cells share."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.pieces: list[str] = []
        self.depth = self.size = 0
        self.reads = False

    def start(self, name: str, given: Attributes) -> None:
        if name == "rPh":
            self.depth += 1
        self.reads = name == "t" and not self.depth

    def text(self, text: str) -> None:
        if self.reads:
            self.size += len(text)
            self.pieces.append(text)

    def end(self, name: str) -> None:
        self.reads = False
        if name == "rPh":
            self.depth -= 1
        elif name == "si":
            self.found.append("".join(self.pieces))
            self.pieces.clear()
            if len(self.found) > MOST_TEXTS or self.size > LARGEST_TEXTS:
                raise NotReadable(Unreadable.MANY_TEXTS)


@dataclass(slots=True)
class _Cell:
    """A cell whose end has not come yet."""

    column: int
    kind: str
    style: int
    pieces: list[str] = field(default_factory=list)
    size: int = 0


class _Sheet(_Reader):
    """The rows of one sheet."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.ready: list[NumberedRow] = []
        self.number = self.last_said = self.columns = self.count = 0
        self.cells: list[str] = []
        self.cell: _Cell | None = None
        self.reads = self.inside = False
        self.depth = 0

    def read(self, archive: zipfile.ZipFile, part: str) -> Iterator[NumberedRow]:
        """Yield the rows that say something."""
        for _ in self.blocks(archive, part):
            yield from self.ready
            self.ready.clear()

    def start(self, name: str, given: Attributes) -> None:
        if name == "c":
            self._start_cell(given)
        elif name in ("v", "t"):
            self.reads = self.cell is not None and not self.depth
        elif name == "row":
            self._start_row(given)
        elif name == "rPh":
            self.depth += 1

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self.reads = False
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self.depth -= 1

    def text(self, text: str) -> None:
        if not self.reads or self.cell is None:
            return
        self.cell.pieces.append(text)
        self.cell.size += len(text)
        if self.cell.size > LONGEST_CELL:
            raise NotReadable(Unreadable.LONG_CELL, self.number)

    def _start_row(self, given: Attributes) -> None:
        said = int(float(given["r"])) if "r" in given else self.number + 1
        if said <= self.number:
            raise NotReadable(Unreadable.DAMAGED, self.number)
        if said > MOST_ROWS:
            raise NotReadable(Unreadable.MANY_ROWS, self.number or 1)
        self.number, self.columns, self.count = said, 0, 0
        self.cells = []

    def _end_row(self) -> None:
        if not any(self.cells):
            return
        if self.number - self.last_said - 1 > LARGEST_GAP:
            raise NotReadable(Unreadable.GAP, self.number)
        self.last_said = self.number
        while not self.cells[-1]:
            self.cells.pop()
        self.ready.append((self.number, self.cells))

    def _start_cell(self, given: Attributes) -> None:
        self.count += 1
        if self.count > MOST_CELLS:
            raise NotReadable(Unreadable.MANY_CELLS, self.number)
        place = given.get("r", "")
        self.columns = _column(place) if place else self.columns + 1
        self.cell = _Cell(self.columns, given.get("t", "n"), int(given.get("s", "0")))

    def _end_cell(self) -> None:
        cell, self.cell = self.cell, None
        if cell is None or not cell.pieces or cell.column > COLUMNS_READ:
            return
        if len(self.cells) < cell.column:
            self.cells += [""] * (cell.column - len(self.cells))
        self.cells[cell.column - 1] = self._content(cell.kind, cell.style, "".join(cell.pieces))

    def _content(self, kind: str, style: int, said: str) -> str:
        """Return what a cell says, as a text."""
        if kind == "s":
            text = self.book.texts[int(said)]
            if len(text) > LONGEST_CELL:
                raise NotReadable(Unreadable.LONG_CELL, self.number)
            return text
        if kind == "n":
            number = _number(said)
            if style not in self.book.styles.dates:
                return text_of(number)
            try:
                moment = from_excel(number, self.book.epoch, timedelta=style in self.book.styles.spans)
            except (OverflowError, ValueError):
                return "#VALUE!"
            return text_of(moment)
        if kind == "b":
            return str(bool(int(said)))
        return text_of(from_ISO8601(said)) if kind == "d" else said


def _column(place: str) -> int:
    """Return the column of a place such as "AB12", from 1."""
    number = 0
    for sign in place[:4]:
        if not "A" <= sign <= "Z":
            break
        number = number * 26 + ord(sign) - 64
    if not number:
        raise ValueError(place[:20])
    return number


def _number(said: str) -> int | float:
    return float(said) if "." in said or "E" in said or "e" in said else int(said)


def text_of(cell: Any) -> str:
    """Return a value of a cell as a text. A workbook has no days, only moments: midnight is a day."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds") if cell.time() != time.min else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int | str | timedelta) else ""
