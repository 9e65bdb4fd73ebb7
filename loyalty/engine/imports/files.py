"""What an uploaded file is, by its content: text or workbook, its encoding, what parts its columns.

Nothing is believed of a name or a declared type. Every limit is checked while reading, so that a small file that
unpacks to a huge one is given up as soon as it has grown too large.
"""

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, BinaryIO, Self

from loyalty.engine.imports.limits import (
    LARGEST_CONTENT,
    LARGEST_RATIO,
    LARGEST_TEXTS,
    MOST_PARTS,
    PACKED_FREELY,
)

_BLOCK = 256 * 1024
DAMAGED = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What reading a damaged archive raises."""


class Kind(StrEnum):
    """What a file is."""

    TEXT = "text"
    WORKBOOK = "workbook"


class Unreadable(StrEnum):
    """Why a file cannot be used."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_TABLE = "not_a_table"
    OLD_WORKBOOK = "old_workbook"
    ARCHIVE = "archive"
    DAMAGED = "damaged"
    ENCODING = "encoding"
    ONE_COLUMN = "one_column"
    NO_ROWS = "no_rows"
    LONG_LINE = "long_line"
    OPEN_QUOTE = "open_quote"
    TIGHT = "tight"
    ENTITIES = "entities"
    MANY_TEXTS = "many_texts"
    MANY_ROWS = "many_rows"
    MANY_CELLS = "many_cells"
    LONG_CELL = "long_cell"
    GAP = "gap"
    MEMORY = "memory"
    TIME = "time"
    CRASHED = "crashed"
    GONE = "gone"
    STORAGE = "storage"


class NotReadable(Exception):
    """The file cannot be used; line is where reading had to stop, if it had begun."""

    def __init__(self, reason: Unreadable, line: int | None = None) -> None:
        super().__init__(f"{reason} at line {line}" if line else str(reason))
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How to read a file. delimiter is one character, a blank for columns set apart by any white space.

    lines is how many lines the file has, roughly: it only measures progress.
    """

    kind: Kind = Kind.TEXT
    packed: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    header: bool = True
    lines: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the format for keeping."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return a format that was kept."""
        return cls(**{**kept, "kind": Kind(kept["kind"])})


def identify(stream: BinaryIO) -> FileFormat:
    """Read the whole file once and return what it is; header and delimiter are still to be guessed. Raises NotReadable.

    The stream is seekable; where it stands afterwards is not said.
    """
    stream.seek(0)
    head = stream.read(8)
    if not head:
        raise NotReadable(Unreadable.EMPTY)
    _refuse_foreign(head)
    if head.startswith(b"PK\x03\x04"):
        _check_workbook(stream)
        return FileFormat(kind=Kind.WORKBOOK)
    packed = head.startswith(b"\x1f\x8b")
    try:
        encoding, lines = _scan(_blocks(stream, packed=packed))
    except DAMAGED as error:
        raise NotReadable(Unreadable.DAMAGED) from error
    return FileFormat(packed=packed, encoding=encoding, lines=lines)


def _refuse_foreign(head: bytes) -> None:
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotReadable(Unreadable.OLD_WORKBOOK)
    if head.startswith((b"PK\x05\x06", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")):
        raise NotReadable(Unreadable.ARCHIVE)


def _check_workbook(stream: BinaryIO) -> None:
    """Refuse archives that are no workbook, and those whose parts say that they unpack to too much.

    A part cannot unpack to more than it says: zipfile stops reading there.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except DAMAGED as error:
        raise NotReadable(Unreadable.DAMAGED) from error
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise NotReadable(Unreadable.ARCHIVE)
    texts = sum(part.file_size for part in parts if "worksheets/" not in part.filename)
    size = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or texts > LARGEST_TEXTS or size > LARGEST_CONTENT:
        raise NotReadable(Unreadable.TOO_LARGE)
    _refuse_tight(size, sum(part.compress_size for part in parts))


def _refuse_tight(size: int, packed: int) -> None:
    """What unpacks to a hundred times its size says next to nothing: it was made to fill a memory."""
    if size > PACKED_FREELY and size > packed * LARGEST_RATIO:
        raise NotReadable(Unreadable.TIGHT)


def unpacked(stream: BinaryIO, *, packed: bool) -> BinaryIO:
    """Return the content of a file from its start, unpacked where it is packed."""
    stream.seek(0)
    return gzip.GzipFile(fileobj=stream) if packed else stream  # type: ignore[return-value]


def _blocks(stream: BinaryIO, *, packed: bool) -> Iterator[bytes]:
    content = unpacked(stream, packed=packed)
    size = 0
    while block := content.read(_BLOCK):
        size += len(block)
        if size > LARGEST_CONTENT:
            raise NotReadable(Unreadable.TOO_LARGE)
        if packed:
            _refuse_tight(size, stream.tell())
        yield block


def _scan(blocks: Iterator[bytes]) -> tuple[str, int]:
    """Return the encoding of a text and the number of its lines; refuse what is no text."""
    first = next(blocks, b"")
    if not first.strip():
        raise NotReadable(Unreadable.EMPTY)
    if first.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise NotReadable(Unreadable.ARCHIVE)
    wide = _wide_encoding(first)
    decoder = codecs.getincrementaldecoder(wide or "utf-8")()
    lines, fits = 0, True
    block: bytes | None = first
    while block is not None:
        lines += max(block.count(b"\n"), block.count(b"\r"))
        fits = fits and _decodes(decoder, block)
        if not wide:
            _refuse_control_characters(block)
        block = next(blocks, None)
    fits = fits and _decodes(decoder, b"", final=True)
    if wide and not fits:
        raise NotReadable(Unreadable.ENCODING)
    return wide or ("utf-8-sig" if fits else "cp1252"), lines + 1


def _wide_encoding(first: bytes) -> str:
    """Return the UTF-16 encoding of a text, by its mark or by the zeros between its letters; else nothing."""
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = first[:2000]
    zeros = (sample[0::2].count(0), sample[1::2].count(0))
    half = len(sample) // 2
    if half and zeros[1] > half * 0.6 and not zeros[0]:
        return "utf-16-le"
    if half and zeros[0] > half * 0.6 and not zeros[1]:
        return "utf-16-be"
    return ""


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b"))


def _refuse_control_characters(block: bytes) -> None:
    """A text has next to none of them, a picture or a program is full of them."""
    odd = len(block) - len(block.translate(None, _CONTROL))
    if b"\0" in block or odd > max(len(block) // 200, 20):
        raise NotReadable(Unreadable.NOT_A_TABLE)


def decoded(stream: BinaryIO, form: FileFormat) -> io.TextIOWrapper:
    """Return the text of a file from its start. A byte that cp1252 does not know is read as a replacement mark."""
    errors = "replace" if form.encoding == "cp1252" else "strict"
    content = io.BufferedReader(_Borrowed(unpacked(stream, packed=form.packed)), _BLOCK)
    return io.TextIOWrapper(content, form.encoding, errors=errors, newline="")


class _Borrowed(io.RawIOBase):
    """A stream that stays open when its reader is thrown away."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self.stream.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)
