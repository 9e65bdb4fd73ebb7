"""Files that are not what they say, or more than they say."""

import gzip
import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tests.fuzz.values import CANARY, HOSTILE
from tests.pictures import bomb, picture

type Upload = tuple[str, bytes | Callable[[], bytes], str]
"""A name, the content or what makes it, and the type that the browser says."""

CSV, GZIP = "text/csv", "application/gzip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = b"receipt,date,customer,amount\n"
ROW = b"R1,2026-01-05,C1,12.50\n"
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]><x>&c;&d;</x>"""


def workbook(rows: list[list[object]]) -> bytes:
    """Return an honest workbook."""
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def replaced(honest: bytes, part: str, content: bytes) -> bytes:
    """Return a workbook with one of its parts replaced."""
    out = BytesIO()
    with ZipFile(BytesIO(honest)) as read, ZipFile(out, "w", ZIP_DEFLATED) as written:
        for name in read.namelist():
            written.writestr(name, content if name == part else read.read(name))
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    """Return a zip archive that is no workbook."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return out.getvalue()


HUGE = b"""<worksheet><dimension ref='A1:XFD1048576'/><sheetData>
<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData></worksheet>"""
SHEET = "xl/worksheets/sheet1.xml"
HONEST = workbook([["receipt", "date", "customer", "amount"], ["R1", "2026-01-05", "C1", 12.5]])
HOSTILE_ROWS = "".join(f'"{value.replace(chr(34), chr(34) * 2)}",2026-01-05,"<{CANARY}>",=1+1\n' for value in HOSTILE)

FILES: dict[str, Upload] = {
    "nothing": ("a.csv", b"", CSV),
    "only a head": ("a.csv", HEAD, CSV),
    "one line": ("a.csv", b"x" * 3_000_000, CSV),
    "many columns": ("a.csv", b"a," * 5000 + b"\n" + b"1," * 5000, CSV),
    "the same column often": ("a.csv", b"amount,amount,amount\n1,2,3\n", CSV),
    "columns without a name": ("a.csv", b",,,\n1,2,3,4\n", CSV),
    "a quote that never ends": ("a.csv", HEAD + b'"R1,2026-01-05\n' + ROW * 2000, CSV),
    "NUL": ("a.csv", HEAD + b"R\0,2026-01-05,C\0,1\n", CSV),
    "half a character": ("a.csv", HEAD + b"R\xc3,2026-01-05,\xff\xfe,1\n", CSV),
    "two bytes each": ("a.csv", (HEAD + ROW).decode().encode("utf-16"), CSV),
    "what is no sale": ("a.csv", HEAD + HOSTILE_ROWS.encode(), CSV),
    "a name like a tag": (f'"><{CANARY}>.csv', HEAD + ROW, CSV),
    "a name beyond any length": ("a" * 3000 + ".csv", HEAD + ROW, CSV),
    "a name that climbs": ("../../../x\0.csv", HEAD + ROW, CSV),
    "no name": ("", HEAD + ROW, CSV),
    "bytes": ("a.csv", bytes(range(256)) * 50, CSV),
    "a program": ("a.csv", b"MZ\x90\0" + b"\0" * 500, CSV),
    "a page": ("a.csv", f"<!doctype html><{CANARY}>".encode(), "text/html"),
    "a workbook called text": ("a.csv", HONEST, CSV),
    "text called a workbook": ("a.xlsx", HEAD + ROW, XLSX),
    "half a workbook": ("a.xlsx", HONEST[: len(HONEST) // 2], XLSX),
    "an archive": ("a.xlsx", archive(notes=b"nothing"), XLSX),
    "a workbook that unpacks to 300 MB": ("a.xlsx", lambda: replaced(HONEST, SHEET, b" " * 300_000_000), XLSX),
    "a workbook that laughs": ("a.xlsx", replaced(HONEST, SHEET, LAUGHS), XLSX),
    "a workbook of junk": ("a.xlsx", replaced(HONEST, SHEET, b"<worksheet><junk>"), XLSX),
    "an empty workbook": ("a.xlsx", workbook([]), XLSX),
    "a workbook that says it is huge": ("a.xlsx", replaced(HONEST, SHEET, HUGE), XLSX),
    "a packed file that unpacks to 300 MB": ("a.csv.gz", lambda: gzip.compress(b"\n" * 300_000_000), GZIP),
    "half a packed file": ("a.csv.gz", gzip.compress(HEAD + ROW * 500)[:60], GZIP),
    "a packed file in a packed file": ("a.csv.gz", gzip.compress(gzip.compress(HEAD + ROW)), GZIP),
    "a packed workbook": ("a.xlsx.gz", gzip.compress(HONEST), GZIP),
    "a false head": ("a.csv.gz", b"\x1f\x8b" + b"\xff" * 50, GZIP),
    "a picture": ("a.png", picture(), "image/png"),
    "half a picture": ("a.png", picture(size=(400, 400))[:90], "image/png"),
    "a pixel bomb": ("a.png", lambda: bomb(60_000, 60_000), "image/png"),
    "a drawing with a script": ("a.svg", b"<svg><script>alert(1)</script></svg>", "image/svg+xml"),
    "packed text": ("a.png", zlib.compress(b"a" * 1000), "image/png"),
}  # fmt: skip


def multipart(fields: dict[str, list[str]], name: str, upload: Upload) -> tuple[bytes, str]:
    """Return the body of a form with a file in it, and its content type."""
    file_name, given, kind = upload
    content = given() if callable(given) else given
    parts = [
        f'--frontier\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, values in fields.items()
        for value in values
    ]
    said = file_name.replace('"', "%22")
    about = f'form-data; name="{name}"; filename="{said}"'
    head = f"--frontier\r\nContent-Disposition: {about}\r\nContent-Type: {kind}\r\n\r\n"
    return b"".join([*parts, head.encode(), content, b"\r\n--frontier--\r\n"]), "multipart/form-data; boundary=frontier"
