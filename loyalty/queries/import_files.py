"""Looking into the uploaded file of an import: its columns, its first rows, and what is wrong in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from loyalty.engine.amounts import currency_digits
from loyalty.engine.imports.columns import Field
from loyalty.engine.imports.rows import Choices, Refused, Row, RowReader
from loyalty.engine.imports.stage import Stage
from loyalty.models import Business, ImportBatch
from loyalty.queries.imports import stage_path

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """The names of the columns and the first rows as they stand in the file, each with its line."""

    names: list[str]
    rows: list[tuple[int, Sequence[str]]]

    @property
    def cells(self) -> list[Sequence[str]]:
        """The rows without their lines."""
        return [cells for _, cells in self.rows]

    def example(self, column: int) -> str:
        """Return the first text that stands in a column."""
        return next((cells[column] for _, cells in self.rows if column < len(cells) and cells[column].strip()), "")


@dataclass(frozen=True, slots=True)
class Understood:
    """A row as it will be booked, or why it cannot be."""

    line: int
    row: Row | None
    refused: Refused | None

    @property
    def at(self) -> datetime | None:
        """When it happened."""
        return datetime.fromtimestamp(self.row.at, UTC) if self.row else None

    @property
    def quantity(self) -> str:
        """How many, without idle zeros."""
        return f"{self.row.quantity / 1000:g}" if self.row else ""


def sample(batch: ImportBatch) -> Sample:
    """Return the head of the file, as the worker kept it: the file itself is not opened."""
    return Sample(list(batch.sample["names"]), [(line, cells) for line, cells in batch.sample["rows"]])


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that lies on the disk, with its stage; size is that of both, in bytes."""

    batch: ImportBatch
    size: int


def kept_files(business: Business) -> list[KeptFile]:
    """Return the files of a business that lie on the disk, the largest first. One query."""
    rows = ImportBatch.objects.filter(business=business).exclude(file="").defer("sample", "report")
    found = [KeptFile(row, _size(Path(row.file.path)) + _size(stage_path(row))) for row in rows]
    return sorted(found, key=lambda kept: -kept.size)


def _size(path: Path) -> int:
    """Return the size of a file, 0 where it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def understood(batch: ImportBatch, head: Sample, columns: Mapping[Field, int], choices: Choices) -> list[Understood]:
    """Return the first rows as these columns and choices read them."""
    business = batch.business
    reader = RowReader(
        columns, choices, zone=ZoneInfo(business.time_zone), digits=currency_digits(business.currency),
        latest=batch.uploaded_at,
    )  # fmt: skip
    return [_understand(reader, line, cells) for line, cells in head.rows[:SHOWN]]


def _understand(reader: RowReader, line: int, cells: Sequence[str]) -> Understood:
    try:
        return Understood(line, reader.read(line, cells), None)
    except Refused as refused:
        return Understood(line, None, refused)


def problems(batch: ImportBatch) -> Iterator[tuple[int, str, str, str]]:
    """Yield each row that cannot be used: its line, the problem, the field and what stands there."""
    path = stage_path(batch) if batch.file else None
    if path and path.exists():
        with Stage(path) as stage:
            yield from stage.problems()
