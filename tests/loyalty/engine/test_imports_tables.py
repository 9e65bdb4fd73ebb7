"""The rows of a text: which say something, and where the reading is given up."""

import io

import pytest

from loyalty.engine.imports import table as reader
from loyalty.engine.imports.files import FileFormat, Kind, NotReadable, Unreadable, identify
from loyalty.engine.imports.limits import LARGEST_GAP, LONGEST_CELL, MOST_CELLS
from loyalty.engine.imports.table import complete, header, numbered_rows
from tests import bombs

HEAD, ROW = b"no,date\n", b"1,2026-01-05\n"


def lines(content: bytes, form: FileFormat | None = None) -> list[int]:
    """Return the lines on which the rows of a text begin."""
    return [line for line, _ in numbered_rows(io.BytesIO(content), form or FileFormat())]


def refusal(content: bytes, form: FileFormat | None = None) -> tuple[Unreadable, int | None]:
    with pytest.raises(NotReadable) as refused:
        lines(content, form)
    return refused.value.reason, refused.value.line


def is_no_table(content: bytes) -> Unreadable:
    """Return why a file that can be read is no table all the same."""
    stream = io.BytesIO(content)
    form = identify(stream)
    with pytest.raises(NotReadable) as refused:
        complete(stream, form)
    return refused.value.reason


@pytest.mark.parametrize("content", [b"", b"\n\n", b",,\n , \n", b"sep=;\n"])
def test_a_text_that_says_nothing_has_no_names(content: bytes) -> None:
    assert header(io.BytesIO(content), FileFormat()) == []


@pytest.mark.parametrize("content", [b",,\n , \n", b"sep=;\n", b"sep=;\n;\n"])
def test_a_text_of_marks_alone_has_no_rows(content: bytes) -> None:
    assert is_no_table(content) == Unreadable.NO_ROWS


def test_a_workbook_of_blank_cells_has_no_rows() -> None:
    blank = bombs.packed({
        "xl/workbook.xml": bombs.BOOK, "xl/_rels/workbook.xml.rels": bombs.LINKS,
        "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='1'><c/></row></sheetData></worksheet>",
    })  # fmt: skip
    assert is_no_table(blank) == Unreadable.NO_ROWS


def test_cells_of_white_space_alone_make_a_row_of_a_workbook_blank() -> None:
    content = bombs.workbook(b"<row><c t='inlineStr'><is><t> </t></is></c></row><row>" + bombs.SALE + b"</row>")
    assert lines(content, FileFormat(kind=Kind.WORKBOOK)) == [3]


def test_as_many_rows_as_a_sheet_has_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 4)
    assert lines(HEAD + ROW * 3) == [2, 3, 4]


def test_the_first_row_beyond_them_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 4)
    assert refusal(HEAD + ROW * 4) == (Unreadable.MANY_ROWS, 5)


def test_the_largest_gap_is_read() -> None:
    assert lines(HEAD + ROW + b"\n" * LARGEST_GAP + ROW) == [2, LARGEST_GAP + 3]


def test_a_larger_gap_is_refused_with_the_line_behind_it() -> None:
    assert refusal(HEAD + ROW + b"\n" * (LARGEST_GAP + 1) + ROW) == (Unreadable.GAP, LARGEST_GAP + 4)


def test_gaps_are_counted_one_by_one() -> None:
    gap = b"\n" * LARGEST_GAP
    assert lines(HEAD + ROW + gap + ROW + gap + ROW) == [2, LARGEST_GAP + 3, 2 * LARGEST_GAP + 4]


def test_blank_lines_at_the_end_are_no_gap() -> None:
    assert lines(HEAD + ROW + b"\n" * (LARGEST_GAP + 1)) == [2]


@pytest.mark.parametrize("delimiter", [",", " "])
def test_a_line_of_as_many_cells_as_a_sheet_has_is_read(delimiter: str) -> None:
    row = delimiter.join(["1"] * MOST_CELLS).encode() + b"\n"
    assert lines(HEAD + row, FileFormat(delimiter=delimiter)) == [2]


@pytest.mark.parametrize("delimiter", [",", " "])
def test_one_cell_more_is_refused(delimiter: str) -> None:
    row = delimiter.join(["1"] * (MOST_CELLS + 1)).encode() + b"\n"
    assert refusal(HEAD + row, FileFormat(delimiter=delimiter)) == (Unreadable.MANY_CELLS, 2)


@pytest.mark.parametrize("delimiter", [",", " "])
def test_the_longest_cell_is_read(delimiter: str) -> None:
    row = f"1{delimiter}{'x' * LONGEST_CELL}\n".encode()
    assert lines(HEAD + row, FileFormat(delimiter=delimiter)) == [2]


@pytest.mark.parametrize("delimiter", [",", " "])
def test_a_longer_cell_is_refused(delimiter: str) -> None:
    row = f"1{delimiter}{'x' * (LONGEST_CELL + 1)}\n".encode()
    assert refusal(HEAD + row, FileFormat(delimiter=delimiter)) == (Unreadable.LONG_CELL, 2)
