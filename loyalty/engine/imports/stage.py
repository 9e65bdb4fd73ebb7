"""The rows of a file put in order: lines gathered by receipt, receipts by the time they happened.

A file of any size is gathered in a small database beside it, so that memory stays flat and a run that was killed
finds every receipt at the place it had before. The stage is made from the file alone: made again it is the same.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

from loyalty.engine.imports.rows import Problem, Refused, Repeats, Row

_LONGEST_RECEIPT = 24 * 60 * 60
_BLOCK = 2000

_TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000; PRAGMA temp_store = FILE;
CREATE TABLE receipt (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL, is_return INTEGER NOT NULL, customer TEXT NOT NULL,
    at INTEGER NOT NULL, line INTEGER NOT NULL, amount INTEGER NOT NULL DEFAULT 0, position INTEGER, known TEXT,
    UNIQUE (number, is_return));
CREATE TABLE line (
    line INTEGER PRIMARY KEY, receipt INTEGER NOT NULL, item TEXT NOT NULL, name TEXT NOT NULL, category TEXT NOT NULL,
    quantity INTEGER NOT NULL, amount INTEGER NOT NULL, again INTEGER NOT NULL DEFAULT 0);
CREATE TABLE problem (line INTEGER NOT NULL, problem TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE left_out (line INTEGER PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE number (number TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE customer (number TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE seen (content TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""

_ORDER = """
INSERT OR IGNORE INTO number SELECT number FROM receipt;
INSERT OR IGNORE INTO customer SELECT customer FROM receipt WHERE customer <> '';
CREATE INDEX line_of_receipt ON line (receipt);
UPDATE line SET again = 1 WHERE line IN (
    SELECT line FROM (
        SELECT line, ROW_NUMBER() OVER (PARTITION BY receipt, item, name, quantity, amount ORDER BY line) AS nth
        FROM line) WHERE nth > 1);
UPDATE receipt SET amount = (
    SELECT COALESCE(SUM(amount), 0) FROM line WHERE receipt = receipt.id AND (again = 0 OR {repeats_count}));
INSERT INTO problem SELECT line, 'below_zero', '', number FROM receipt WHERE amount < 0;
UPDATE receipt SET position = placed.nth FROM (
    SELECT id, ROW_NUMBER() OVER (ORDER BY is_return, at, line) AS nth FROM receipt WHERE amount >= 0) AS placed
    WHERE placed.id = receipt.id;
CREATE UNIQUE INDEX receipt_by_position ON receipt (position);
"""


class StagedLine(NamedTuple):
    """One line of a receipt; quantity in thousandths, amount in smallest parts."""

    item: str
    name: str
    category: str
    quantity: int
    amount: int


class StagedReceipt(NamedTuple):
    """A purchase or a return with its lines. number identifies it, is_numbered says whether it is the till's own."""

    position: int
    number: str
    is_numbered: bool
    is_return: bool
    customer: str
    at: datetime
    amount: int
    lines: tuple[StagedLine, ...]


class StageWriter:
    """Gathers rows. Use as a context: leaving it without finish() leaves no stage behind."""

    def __init__(self, path: Path, *, numbered: bool, repeats: Repeats) -> None:
        self.path = path
        self.draft = path.with_name(f"{path.name}.{id(self):x}.part")
        self.numbered = numbered
        self.repeats = repeats
        self.rows = 0
        self.anonymous = 0
        self.lines: list[tuple[Any, ...]] = []
        self.last_key: tuple[str, bool] | None = None
        self.last: tuple[int, str, int] = (0, "", 0)

    def __enter__(self) -> Self:
        self.draft.unlink(missing_ok=True)
        self.base = sqlite3.connect(self.draft, isolation_level=None)
        self.base.executescript(_TABLES)
        self.base.execute("BEGIN")
        return self

    def __exit__(self, *error: object) -> None:
        self.base.close()
        self.draft.unlink(missing_ok=True)

    def add(self, row: Row) -> None:
        """Gather a row. Raises Refused where it does not belong to the receipt that it names."""
        if row.left_out:
            self._leave_out(row)
            return
        receipt = self._receipt_of(row)
        self._count(row)
        self.lines.append((row.line, receipt, row.item, row.name, row.category, row.quantity, row.amount))
        if len(self.lines) >= _BLOCK:
            self._flush()

    def refuse(self, refused: Refused) -> None:
        """Note a row that cannot be used."""
        self.rows += 1
        self._note(refused)

    def _note(self, refused: Refused) -> None:
        values = (refused.line, refused.problem, refused.field or "", refused.value[:100])
        self.base.execute("INSERT INTO problem VALUES (?, ?, ?, ?)", values)

    def _leave_out(self, row: Row) -> None:
        """Count a row that is not booked. Customers and numbers of all others are those of the receipts."""
        self._count(row)
        self.base.execute("INSERT INTO left_out VALUES (?, ?)", (row.line, row.left_out))
        self.base.execute("INSERT OR IGNORE INTO number VALUES (?)", (row.receipt,))
        if row.customer:
            self.base.execute("INSERT OR IGNORE INTO customer VALUES (?)", (row.customer,))

    def _count(self, row: Row) -> None:
        self.rows += 1
        self.anonymous += not row.customer

    def _receipt_of(self, row: Row) -> int:
        number = row.receipt or self._number_by_content(row)
        key = (number, row.is_return)
        if key != self.last_key:
            self.last_key, self.last = key, self._find_or_open(number, row)
        receipt, customer, at = self.last
        if row.customer != customer or row.at != at:
            self._fit(receipt, customer, at, row)
        return receipt

    def _number_by_content(self, row: Row) -> str:
        """A purchase without a number is known by what it is, and by how many like it came before in the file."""
        content = f"{row.customer}|{row.at}|{row.amount}|{row.is_return}"
        digest = hashlib.sha256(content.encode()).hexdigest()[:24]
        sql = "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times"
        times = self.base.execute(sql, (digest,)).fetchone()[0]
        return f"{digest}-{times}"

    def _find_or_open(self, number: str, row: Row) -> tuple[int, str, int]:
        sql = "INSERT OR IGNORE INTO receipt (number, is_return, customer, at, line) VALUES (?, ?, ?, ?, ?)"
        opened = self.base.execute(sql, (number, row.is_return, row.customer, row.at, row.line))
        if opened.rowcount:
            return opened.lastrowid or 0, row.customer, row.at
        sql = "SELECT id, customer, at FROM receipt WHERE number = ? AND is_return = ?"
        return self.base.execute(sql, (number, row.is_return)).fetchone()  # type: ignore[no-any-return]

    def _fit(self, receipt: int, customer: str, at: int, row: Row) -> None:
        """Take the earliest moment and the one customer that a receipt's lines name."""
        if row.customer and customer and row.customer != customer:
            raise Refused(row.line, Problem.OTHER_CUSTOMER, None, row.customer)
        if abs(row.at - at) > _LONGEST_RECEIPT:
            raise Refused(row.line, Problem.OTHER_DAY, None, datetime.fromtimestamp(row.at, UTC).date().isoformat())
        self.last = (receipt, customer or row.customer, min(at, row.at))
        self.base.execute("UPDATE receipt SET customer = ?, at = ? WHERE id = ?", (*self.last[1:], receipt))

    def _flush(self) -> None:
        sql = "INSERT INTO line (line, receipt, item, name, category, quantity, amount) VALUES (?, ?, ?, ?, ?, ?, ?)"
        self.base.executemany(sql, self.lines)
        self.lines.clear()

    def finish(self, beat: Callable[[], None] = lambda: None) -> None:
        """Put the receipts in order and leave the stage at its path; beat is called between two parts of the work."""
        self._flush()
        facts = {"rows": self.rows, "anonymous": self.anonymous, "numbered": int(self.numbered)}
        facts["repeats"] = int(self.repeats is Repeats.KEEP)
        self.base.executemany("INSERT INTO fact VALUES (?, ?)", facts.items())
        for statement in _ORDER.format(repeats_count=facts["repeats"]).split(";\n"):
            beat()
            self.base.execute(statement)
        self.base.execute("COMMIT")
        self.base.close()
        self.draft.replace(self.path)


class Stage:
    """A finished stage, to read receipts from."""

    def __init__(self, path: Path) -> None:
        self.base = sqlite3.connect(path, isolation_level=None)
        self.base.execute("PRAGMA cache_size = -8000")
        self.facts: dict[str, int] = dict(self.base.execute("SELECT name, value FROM fact"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.base.close()

    @property
    def size(self) -> int:
        """How many receipts there are."""
        return int(self.base.execute("SELECT COALESCE(MAX(position), 0) FROM receipt").fetchone()[0])

    @property
    def is_numbered(self) -> bool:
        """Whether receipts go by the till's own numbers."""
        return bool(self.facts["numbered"])

    def receipts(self, after: int, limit: int) -> list[StagedReceipt]:
        """Return the receipts behind a position: purchases first, then returns, each in the order they happened."""
        sql = """SELECT id, position, number, is_return, customer, at, amount FROM receipt
            WHERE position > ? ORDER BY position LIMIT ?"""
        heads = self.base.execute(sql, (after, limit)).fetchall()
        lines = self._lines(after, heads[-1][1] if heads else after)
        return [
            StagedReceipt(
                position, number, self.is_numbered, bool(is_return), customer,
                datetime.fromtimestamp(at, UTC), amount, tuple(lines.get(key, ())),
            )
            for key, position, number, is_return, customer, at, amount in heads
        ]  # fmt: skip

    def _lines(self, after: int, last: int) -> dict[int, list[StagedLine]]:
        """Return the lines of the receipts behind a position up to another, by receipt."""
        sql = """SELECT receipt, item, name, category, quantity, line.amount FROM line JOIN receipt ON id = receipt
            WHERE position > ? AND position <= ? AND (again = 0 OR ?) ORDER BY line.line"""
        found: dict[int, list[StagedLine]] = {}
        for receipt, *cells in self.base.execute(sql, (after, last, self.facts["repeats"])):
            found.setdefault(receipt, []).append(StagedLine(*cells))
        return found

    def heads(self, block: int = 1000) -> Iterator[list[tuple[str, bool, int]]]:
        """Yield number, whether it is a return, and amount of all receipts, in blocks."""
        rows = self.base.execute("SELECT number, is_return, amount FROM receipt WHERE position IS NOT NULL")
        while found := rows.fetchmany(block):
            yield [(number, bool(is_return), amount) for number, is_return, amount in found]

    def customers(self, block: int = 1000) -> Iterator[list[str]]:
        """Yield the numbers of all customers, in blocks."""
        rows = self.base.execute("SELECT number FROM customer ORDER BY number")
        while found := rows.fetchmany(block):
            yield [number for (number,) in found]

    def mark_known(self, numbers: Iterable[str], *, is_return: bool, how: str) -> None:
        """Note of receipts that they are in the books: "same", or "other" with another amount."""
        sql = "UPDATE receipt SET known = ? WHERE number = ? AND is_return = ?"
        self.base.execute("BEGIN")
        self.base.executemany(sql, [(how, number, is_return) for number in numbers])
        self.base.execute("COMMIT")

    def problems(self, limit: int = -1) -> Iterator[tuple[int, str, str, str]]:
        """Yield line, problem, field and what stands there, in the order of the file."""
        sql = "SELECT line, problem, field, value FROM problem ORDER BY line LIMIT ?"
        yield from self.base.execute(sql, (limit,))

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the answer to a question for the report."""
        return self.base.execute(sql).fetchall()
