"""The rows of a file as texts, with the line each begins on: from text of any delimiter, or from a workbook."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from itertools import islice
from typing import Any, BinaryIO

from loyalty.engine.imports.files import DAMAGED, FileFormat, Kind, NotReadable, Unreadable, decoded
from loyalty.engine.imports.limits import COLUMNS_READ, LARGEST_GAP, LONGEST_CELL, LONGEST_LINE, MOST_CELLS, MOST_ROWS
from loyalty.engine.imports.values import is_value
from loyalty.engine.imports.workbook import NumberedRow, workbook_rows, workbook_size

SAMPLE = 1000
_DELIMITERS = ",;\t|"


def numbered_rows(stream: BinaryIO, form: FileFormat) -> Iterator[NumberedRow]:
    """Yield each row that is not blank, with the number of the line it begins on; the header is left out.

    Raises NotReadable where reading cannot go on.
    """
    rows = _rows(stream, form)
    return islice(rows, 1, None) if form.header else rows


def header(stream: BinaryIO, form: FileFormat) -> list[str]:
    """Return the names of the columns; empty texts where the file has none."""
    first = next(_rows(stream, form), None)
    if first is None:
        return []
    return [cell.strip() for cell in first[1]] if form.header else [""] * len(first[1])


def complete(stream: BinaryIO, form: FileFormat) -> FileFormat:
    """Return the format with delimiter, header and, for a workbook, its rows. Raises NotReadable."""
    if form.kind is Kind.TEXT:
        form = _with(form, delimiter=_guess_delimiter(_sample_lines(stream, form)))
    rows = [cells for _, cells in islice(_rows(stream, form), SAMPLE)]
    if not rows:
        raise NotReadable(Unreadable.NO_ROWS)
    if max(len(cells) for cells in rows) < 2:
        raise NotReadable(Unreadable.ONE_COLUMN)
    lines = form.lines if form.kind is Kind.TEXT else workbook_size(stream)
    form = _with(form, header=_looks_like_header(rows), lines=lines)
    if form.header and len(rows) < 2:
        raise NotReadable(Unreadable.NO_ROWS)
    return form


def _with(form: FileFormat, **changes: Any) -> FileFormat:
    return FileFormat(**{**form.as_json(), "kind": form.kind, **changes})


def _rows(stream: BinaryIO, form: FileFormat) -> Iterator[NumberedRow]:
    """Yield the rows that say something. Raises NotReadable, also for more rows, or a larger gap, than there may be."""
    found = workbook_rows(stream) if form.kind is Kind.WORKBOOK else _text_rows(stream, form)
    blank = 0
    for count, (line, cells) in enumerate(found):
        if not _says_something(cells):
            blank += 1
            continue
        if count >= MOST_ROWS:
            raise NotReadable(Unreadable.MANY_ROWS, line)
        if blank > LARGEST_GAP:
            raise NotReadable(Unreadable.GAP, line)
        blank = 0
        yield line, cells


def _says_something(cells: Sequence[str]) -> bool:
    """Blank rows are nothing; the line "sep=;" tells Excel, and nobody else, what parts the columns."""
    if cells and cells[0].startswith("sep=") and len(cells) < 3:
        return False
    return any(cell and not cell.isspace() for cell in cells)


def _text_rows(stream: BinaryIO, form: FileFormat) -> Iterator[NumberedRow]:
    lines = _Lines(decoded(stream, form))
    if form.delimiter == " ":
        yield from ((lines.number, _measured(line.split(), lines.number)) for line in lines)
        return
    reader = csv.reader(lines, delimiter=form.delimiter)
    begins = 1
    try:
        for cells in reader:
            if reader.line_num > begins:
                _refuse_swallowed(cells, form.delimiter, begins)
            yield begins, _measured(cells, begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise NotReadable(Unreadable.OPEN_QUOTE, begins) from error


def _measured(cells: list[str], line: int) -> list[str]:
    """Return the cells of a row that are looked at. Raises NotReadable for too many of them, and for too long ones."""
    if len(cells) > MOST_CELLS:
        raise NotReadable(Unreadable.MANY_CELLS, line)
    if cells and max(map(len, cells)) > LONGEST_CELL:
        raise NotReadable(Unreadable.LONG_CELL, line)
    return cells[:COLUMNS_READ]


def _refuse_swallowed(cells: Sequence[str], delimiter: str, line: int) -> None:
    """A quotation mark that nobody closes makes a cell of whole lines: better no import than one without them."""
    inside = (part for cell in cells for part in cell.splitlines()[1:])
    if any(part.count(delimiter) >= max(len(cells) - 1, 1) for part in inside):
        raise NotReadable(Unreadable.OPEN_QUOTE, line)


class _Lines:
    """Iterates over the lines of a text; a line without end is given up before it fills the memory."""

    def __init__(self, text: TextIOWrapper) -> None:
        self.text = text
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number += 1
        try:
            line = self.text.readline(LONGEST_LINE)
        except UnicodeDecodeError as error:
            raise NotReadable(Unreadable.ENCODING, self.number) from error
        except DAMAGED as error:
            raise NotReadable(Unreadable.DAMAGED, self.number) from error
        if not line:
            raise StopIteration
        if len(line) >= LONGEST_LINE:
            raise NotReadable(Unreadable.LONG_LINE, self.number)
        return line


def _sample_lines(stream: BinaryIO, form: FileFormat) -> list[str]:
    return [line for line in islice(_Lines(decoded(stream, form)), 200) if line.strip()]


def _guess_delimiter(lines: Sequence[str]) -> str:
    """Return what parts the columns: what gives the most columns of those that give nearly every line the same."""
    if lines and lines[0].startswith("sep=") and lines[0][4:5] in _DELIMITERS:
        return lines[0][4]
    widths = {mark: _common_width(csv.reader(lines, delimiter=mark)) for mark in _DELIMITERS}
    widths[" "] = _common_width(line.split() for line in lines)
    best = max(_DELIMITERS, key=lambda mark: widths[mark])
    # White space parts words, too: it counts only where nothing else makes a table.
    return " " if widths[best] < 3 and widths[" "] > widths[best] else best


def _common_width(rows: Iterable[Sequence[str]]) -> int:
    """Return how many columns nine of ten rows have; 0 where they differ or there is but one."""
    try:
        widths = [len(row) for row in rows if row]
    except csv.Error:
        return 0
    width = max(set(widths), key=widths.count, default=0)
    return width if width > 1 and widths.count(width) >= 0.9 * len(widths) else 0


def _looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Names are words: in a first row with a number or a date in it, there are none."""
    first = [cell.strip() for cell in rows[0]]
    return not any(is_value(cell) for cell in first) and sum(map(bool, first)) >= min(2, len(first))
