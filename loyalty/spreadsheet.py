"""Lists to take away as CSV files that a spreadsheet opens as they are meant: text stays text, numbers stay numbers."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import cast

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import translation

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""What a spreadsheet takes for the beginning of a formula, or skips on its way to one."""

type Cell = str | int | Decimal | None


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return a file of this name that is sent row by row as it is read, in the language that is active now.

    UTF-8 with the mark that spreadsheets look for.
    """
    lines = _lines(head, rows, translation.get_language() or "en")
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast(HttpResponse, response)


def _lines(head: Sequence[str], rows: Iterable[Sequence[Cell]], language: str) -> Iterator[str]:
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC)
    with translation.override(language):
        yield "\ufeff" + writer.writerow([_safe(cell) for cell in head])
        for row in rows:
            yield writer.writerow([_safe(cell) for cell in row])


def _safe(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet reckons out: text that looks like a formula gets an apostrophe before it."""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    return "" if cell is None else cell
