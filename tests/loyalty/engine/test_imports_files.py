"""What an uploaded file is, by its content; and what is refused, however it is called."""

import gzip
import io
import struct
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from openpyxl import Workbook, load_workbook

from loyalty.engine.imports import files, limits
from loyalty.engine.imports.files import FileFormat, Kind, NotReadable, Unreadable, identify
from loyalty.engine.imports.table import LONGEST_LINE, complete, header, numbered_rows
from loyalty.engine.imports.workbook import text_of, workbook_rows

TABLE = "No,Date,Total\n1,2026-01-05,12.50\n2,2026-01-06,3.00\n"


def understood(content: bytes) -> tuple[FileFormat, list[tuple[int, list[str]]]]:
    stream = io.BytesIO(content)
    form = complete(stream, identify(stream))
    return form, [(line, list(cells)) for line, cells in numbered_rows(stream, form)]


def workbook(rows: list[list[object]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


ROWS = [(2, ["1", "2026-01-05", "12.50"]), (3, ["2", "2026-01-06", "3.00"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert understood(TABLE.encode(encoding))[1] == ROWS


def test_western_letters_are_read_as_such() -> None:
    form, rows = understood("No,Name,Total\n1,Café £5,2.50\n".encode("cp1252"))
    assert form.encoding == "cp1252"
    assert rows == [(2, ["1", "Café £5", "2.50"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    form, rows = understood(TABLE.replace(",", delimiter).encode())
    assert form.delimiter == delimiter
    assert rows == ROWS


def test_columns_set_apart_by_spaces() -> None:
    form, rows = understood(b" customer_id  date cds dollars\r\n 00001 19970101  1   11.77\r\n")
    assert (form.delimiter, form.header) == (" ", True)
    assert rows == [(2, ["00001", "19970101", "1", "11.77"])]


def test_a_semicolon_stands_above_decimal_commas() -> None:
    form, rows = understood(b"sep=;\nno;date;total\n1;2026-01-05;12,50\n2;2026-01-05;13,50\n")
    assert form.delimiter == ";"
    assert rows == [(3, ["1", "2026-01-05", "12,50"]), (4, ["2", "2026-01-05", "13,50"])]


def test_a_file_without_names() -> None:
    stream = io.BytesIO(b"1,2026-01-05,12.50\n2,2026-01-06,3.00\n")
    form = complete(stream, identify(stream))
    assert form.header is False
    assert header(stream, form) == ["", "", ""]
    assert [line for line, _ in numbered_rows(stream, form)] == [1, 2]


def test_packed_files() -> None:
    form, rows = understood(gzip.compress(TABLE.encode()))
    assert (form.packed, form.lines) == (True, 4)
    assert rows == ROWS


def test_workbooks() -> None:
    names = ["No", "Date", "Total", "Quantity"]
    sales = [[1, datetime.fromisoformat("2026-01-05 09:30"), 12.5, 6.0], [2, date(2026, 1, 6), 3, None]]
    form, rows = understood(workbook([names, *sales]))
    assert (form.kind, form.header, form.lines) == (Kind.WORKBOOK, True, 3)
    assert rows == [(2, ["1", "2026-01-05 09:30:00", "12.5", "6"]), (3, ["2", "2026-01-06", "3"])]


CELLS = (
    "a", "b ", "ü中", 1, 2.5, -3, 1e20, 0.1, True, False, datetime.fromisoformat("2026-01-05 09:30"), date(2026, 1, 6),
    time(9, 30), timedelta(hours=30), None, "", "=1+1", "<&>", "x\ny",
)  # fmt: skip


def test_cells_are_read_as_openpyxl_reads_them() -> None:
    rng = Random(3)
    content = workbook([[rng.choice(CELLS) for _ in range(8)] for _ in range(400)])
    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    expected = {}
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        texts = ["" if cell is None else text_of(cell) for cell in cells]
        expected[number] = "|".join(texts).rstrip("|")
    assert {number: "|".join(cells) for number, cells in workbook_rows(io.BytesIO(content))} == expected


def test_a_workbook_with_a_cell_far_to_the_right_is_read_as_far_as_columns_make_sense() -> None:
    rows = understood(workbook([["no", "total"], [1, 2] + [None] * 9000 + ["far"]]))[1]
    assert rows == [(2, ["1", "2"])]


def test_blank_lines_are_nothing_but_count_as_lines() -> None:
    assert [line for line, _ in understood(b"a,date\n\n1,2026-01-05\n,\n2,2026-01-06\n")[1]] == [3, 5]


def test_a_quoted_line_break_belongs_to_its_cell() -> None:
    rows = understood(b'no,name,total\n1,"two\nlines",5\n2,one,6\n')[1]
    assert rows == [(2, ["1", "two\nlines", "5"]), (4, ["2", "one", "6"])]


def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b"".join(b"%d,2026-01-05,%d.00\n" % (n, n * 7919 % 9973) for n in range(60_000))
    parts = [packer.compress(block) for _ in range(files.LARGEST_CONTENT // len(block) + 2)]
    return b"".join(parts) + packer.flush()


def lying_archive() -> bytes:
    """A workbook whose directory says that a part is huge."""
    content = bytearray(archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"<x/>"}))
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 4_000_000_000)
    return bytes(content)


HOSTILE = {
    "nothing": (b"", Unreadable.EMPTY),
    "blanks": (b"\n \n\n", Unreadable.EMPTY),
    "one column": (b"total\n5\n6\n", Unreadable.ONE_COLUMN),
    "names only": (b"no,date,total\n", Unreadable.NO_ROWS),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40, Unreadable.NOT_A_TABLE),
    "a program": (b"\x7fELF" + bytes(2000), Unreadable.NOT_A_TABLE),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), Unreadable.OLD_WORKBOOK),
    "another archive": (b"7z\xbc\xaf\x27\x1c" + bytes(500), Unreadable.ARCHIVE),
    "an archive without a workbook": (archive({"a.csv": TABLE.encode()}), Unreadable.ARCHIVE),
    "a packed archive": (gzip.compress(archive({"a.csv": b"1"})), Unreadable.ARCHIVE),
    "a cut archive": (workbook([["a", "b"], [1, 2]])[:-200], Unreadable.DAMAGED),
    "a cut packed file": (gzip.compress(TABLE.encode() * 500)[:-20], Unreadable.DAMAGED),
    "a workbook of no workbook": (archive({"xl/workbook.xml": b"<not-xml"}), Unreadable.DAMAGED),
    "a workbook that says it is huge": (lying_archive(), Unreadable.TOO_LARGE),
    "a workbook of many texts": (
        archive({"xl/workbook.xml": b"<x/>", "xl/sharedStrings.xml": bytes(files.LARGEST_TEXTS + 1)}),
        Unreadable.TOO_LARGE,
    ),
    "a quotation mark left open": (
        b'no,date,total\n1,"2026-01-05,5\n' + b"2,2026-01-06,6\n" * 20_000, Unreadable.OPEN_QUOTE,
    ),
    "rows swallowed between two quotation marks": (
        b'no,name,total\n1,"5 inch,5\n2,plain,6\n3,"6 inch,7\n', Unreadable.OPEN_QUOTE,
    ),
    "a line without end": (b"a,b\n" + b"x," * LONGEST_LINE, Unreadable.LONG_LINE),
    "half of a wide letter": ("a,b\n1,2\n".encode("utf-16")[:-1], Unreadable.ENCODING),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_used_says_why(name: str) -> None:
    content, reason = HOSTILE[name]
    with pytest.raises(NotReadable) as refused:
        understood(content)
    assert refused.value.reason == reason


def test_a_bomb_is_given_up_when_it_has_grown_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_CONTENT", 8 * limits.MEGABYTE)
    content = bomb()
    assert len(content) < files.LARGEST_CONTENT / 3
    with pytest.raises(NotReadable) as refused:
        identify(io.BytesIO(content))
    assert refused.value.reason == Unreadable.TOO_LARGE


def test_the_line_is_named_where_reading_stops() -> None:
    with pytest.raises(NotReadable) as refused:
        understood(b'no,name,total\n1,plain,5\n2,"open,6\n' + b"3,plain,7\n" * 20_000)
    assert refused.value.line == 3


def test_entities_of_a_workbook_are_not_expanded() -> None:
    entities = b'<!ENTITY a "' + b"ha" * 1000 + b'">' + b"".join(
        b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 50) for letter in range(ord("b"), ord("k"))
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(workbook([["no", "total"], ["x", "y"]]))) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b">x<", b">&j;<")
    parts["xl/worksheets/sheet1.xml"] = b"<!DOCTYPE x [" + entities + b"]>" + sheet
    with pytest.raises(NotReadable) as refused:
        understood(archive(parts))
    assert refused.value.reason == Unreadable.ENTITIES


@pytest.mark.parametrize("delimiter", [b",", b" "])
def test_no_file_has_more_columns_than_somebody_could_choose_from(delimiter: bytes) -> None:
    form, rows = understood(delimiter.join([b"name"] * 5000) + b"\n" + delimiter.join([b"1"] * 5000) + b"\n")
    assert form.header
    assert rows == [(2, ["1"] * 200)]
