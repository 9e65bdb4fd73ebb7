"""Files that are small to send and were made to be dear to read. Each says by what it must be refused."""

import gzip
import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from loyalty.engine.imports.files import Unreadable

type Bomb = tuple[Callable[[], bytes], Unreadable]

TYPES = b"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"""
BOOK = b"""<workbook xmlns:r="r"><sheets><sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>"""
LINKS = b"""<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>"""
HEAD = b"<row r='1'>" + b"".join(
    b"<c t='inlineStr'><is><t>%s</t></is></c>" % name for name in (b"receipt", b"date", b"customer", b"amount")
) + b"</row>"  # fmt: skip
SALE = (
    b"<c t='inlineStr'><is><t>R1</t></is></c><c t='inlineStr'><is><t>2026-01-05</t></is></c>"
    b"<c t='inlineStr'><is><t>C1</t></is></c><c><v>12.5</v></c>"
)
CSV_HEAD = b"receipt,date,customer,amount\n"
CSV_ROW = b"R1,2026-01-05,C1,12.50\n"


def packed(parts: dict[str, bytes]) -> bytes:
    """Return a zip archive of some parts."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(rows: bytes, *, before: bytes = b"", texts: bytes = b"<sst/>", **more: bytes) -> bytes:
    """Return a workbook whose one sheet has these rows behind the names of its columns."""
    sheet = before + b"<worksheet><sheetData>" + HEAD + rows + b"</sheetData></worksheet>"
    return packed({
        "[Content_Types].xml": TYPES, "xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": LINKS,
        "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": texts, **more,
    })  # fmt: skip


def far_row() -> bytes:
    """One row at the very end of a sheet, 1.7 kB in all."""
    return workbook(b"<row r='2'>" + SALE + b"</row><row r='1048576'>" + SALE + b"</row>")


def beyond_every_row() -> bytes:
    """A row with a number that no sheet has."""
    return workbook(b"<row r='2'>" + SALE + b"</row><row r='4000000000'>" + SALE + b"</row>")


def blank_rows() -> bytes:
    """A million rows of styled cells without anything in them, and one sale behind them."""
    blank = b"".join(b"<row r='%d'><c r='A%d' s='1'/></row>" % (n, n) for n in range(2, 1_000_000))
    return workbook(blank + b"<row r='1048576'>" + SALE + b"</row>")


def many_cells() -> bytes:
    """A row of three million cells."""
    return workbook(b"<row r='2'>" + SALE + b"<c><v>1</v></c>" * 3_000_000 + b"</row>")


def long_cell() -> bytes:
    """A cell of two million characters, of which no two blocks are alike."""
    return workbook(b"<row r='2'><c t='inlineStr'><is><t>" + noise(1_000_000).hex().encode() + b"</t></is></c></row>")


def noise(size: int) -> bytes:
    """Return bytes that can hardly be packed, the same ones each time."""
    return Random(4).randbytes(size)


def shared_texts() -> bytes:
    """Two million shared texts: half a megabyte that once filled 986 MB."""
    texts = b"<sst>" + b"".join(b"<si><t>%d</t></si>" % number for number in range(2_000_000)) + b"</sst>"
    return workbook(b"<row r='2'>" + SALE + b"</row>", texts=texts)


def one_text() -> bytes:
    """A shared text of two million characters, in every cell."""
    texts = b"<sst><si><t>" + noise(1_000_000).hex().encode() + b"</t></si></sst>"
    return workbook(b"".join(b"<row r='%d'><c t='s'><v>0</v></c><c><v>1</v></c></row>" % n for n in range(2, 500)),
                    texts=texts)  # fmt: skip


def laughs() -> bytes:
    """Entities of entities of entities."""
    entities = b'<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("k"))
    )
    row = b"<row r='2'><c t='inlineStr'><is><t>&j;</t></is></c><c><v>1</v></c></row>"
    return workbook(row, before=b"<!DOCTYPE x [" + entities + b"]>")


def foreign_entity() -> bytes:
    """An entity that is a file of the server."""
    types = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    row = b"<row r='2'><c t='inlineStr'><is><t>&a;</t></is></c><c><v>1</v></c></row>"
    return workbook(row, before=types)


def spaces() -> bytes:
    """Three hundred million blanks in a sheet: a ratio of 1,000."""
    return workbook(b" " * 300_000_000)


def styles() -> bytes:
    """A part that is held in memory, beyond what such parts may have together."""
    return workbook(b"", **{"xl/styles.xml": b"<styleSheet>" + b"<xf/>" * 14_000_000})


def many_parts() -> bytes:
    """An archive of three thousand parts."""
    return packed({"xl/workbook.xml": BOOK, **{f"xl/media/{n}": b"" for n in range(3000)}})


def nested() -> bytes:
    """Archives in archives."""
    inner = packed({"a.csv": b"1," * 1_000_000})
    for _ in range(5):
        inner = packed({f"{n}.zip": inner for n in range(8)})
    return inner


def packed_twice() -> bytes:
    """A packed file in a packed file."""
    return gzip.compress(gzip.compress(CSV_HEAD + CSV_ROW * 1_000_000))


def newlines() -> bytes:
    """Three hundred million empty lines."""
    return gzip.compress(b"\n" * 300_000_000, 9)


def gigabyte() -> bytes:
    """Six hundred megabytes of rows, packed no tighter than honest ones."""
    rows = b"".join(b"R%d,2026-01-05,C%d,%d.50\n" % (n, n * 7919 % 9973, n * 31 % 97) for n in range(400_000))
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    count = 600_000_000 // len(rows) + 1
    return b"".join([packer.compress(CSV_HEAD), *(packer.compress(rows) for _ in range(count)), packer.flush()])


def long_line() -> bytes:
    """One line of thirty million characters."""
    return CSV_HEAD + b"x" * 30_000_000


def many_columns() -> bytes:
    """A row of forty thousand columns."""
    return CSV_HEAD + CSV_ROW + b"1," * 40_000 + b"\n" + CSV_ROW


def endless_quotes() -> bytes:
    """A quotation mark that opens, and twenty megabytes until the file ends."""
    return CSV_HEAD + b'"' + CSV_ROW * 900_000


def doubled_quotes() -> bytes:
    """Nothing but quotation marks, each of which doubles the one before."""
    return CSV_HEAD + b'"' + (b'""' * 40_000 + b"\n") * 200


def blank_lines() -> bytes:
    """A hundred thousand empty lines between two sales."""
    return CSV_HEAD + CSV_ROW + b"\n" * 100_000 + CSV_ROW


def many_rows() -> bytes:
    """More rows than a sheet has, each worth little."""
    return gzip.compress(
        CSV_HEAD + b"".join(b"%d,2026-01-05,%d,1\n" % (n, n * 7919 % 99_991) for n in range(1_100_000))
    )


HEADS: dict[str, Bomb] = {
    "a row at the end of a sheet": (far_row, Unreadable.GAP),
    "a row beyond every sheet": (beyond_every_row, Unreadable.MANY_ROWS),
    "a million blank rows": (blank_rows, Unreadable.GAP),
    "a row of three million cells": (many_cells, Unreadable.TIGHT),
    "a cell without end": (long_cell, Unreadable.LONG_CELL),
    "two million shared texts": (shared_texts, Unreadable.MANY_TEXTS),
    "a shared text without end": (one_text, Unreadable.LONG_CELL),
    "laughs": (laughs, Unreadable.ENTITIES),
    "a file of the server": (foreign_entity, Unreadable.ENTITIES),
    "blanks": (spaces, Unreadable.TIGHT),
    "styles": (styles, Unreadable.TOO_LARGE),
    "three thousand parts": (many_parts, Unreadable.TOO_LARGE),
    "archives in archives": (nested, Unreadable.ARCHIVE),
    "packed twice": (packed_twice, Unreadable.ARCHIVE),
    "empty lines": (newlines, Unreadable.EMPTY),
    "six hundred megabytes": (gigabyte, Unreadable.TOO_LARGE),
    "a line without end": (long_line, Unreadable.LONG_LINE),
    "forty thousand columns": (many_columns, Unreadable.MANY_CELLS),
    "a quotation mark that never ends": (endless_quotes, Unreadable.OPEN_QUOTE),
    "nothing but quotation marks": (doubled_quotes, Unreadable.OPEN_QUOTE),
    "a hole": (blank_lines, Unreadable.GAP),
}
"""Bombs that their head gives away, before anybody is asked for the columns."""

WHOLES: dict[str, Bomb] = {"more rows than a sheet has": (many_rows, Unreadable.MANY_ROWS)}
"""Bombs whose head is honest: the check of the whole file refuses them."""
