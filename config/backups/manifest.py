"""What a backup says of itself: when, of what, how many rows, and a checksum for each of its files."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.apps import apps

from config.backups.errors import BackupError

FORMAT = 1
COUNTED = ("loyalty.User", "loyalty.Business", "loyalty.Account", "loyalty.Sale", "loyalty.Posting", "loyalty.Entry")
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"
SUM = "SELECT coalesce(sum(amount), 0) FROM {table}"

type Ask = Callable[[str], list[tuple[Any, ...]]]
"""Runs a question on the copy that is being described."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """format: of the archive; counts: rows by table, and the sum of all entries; files: sha256 by name."""

    format: int
    version: str
    taken_at: str
    database: str
    migrations: list[str]
    counts: dict[str, int]
    files: dict[str, str]

    def text(self) -> str:
        """Return the manifest as the archive keeps it."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @property
    def taken(self) -> datetime:
        """The moment from which on nothing is in the backup."""
        return datetime.fromisoformat(self.taken_at)


def read(text: str | bytes) -> Manifest:
    """Return the manifest of an archive. Raises BackupError when this version cannot read it."""
    try:
        values = json.loads(text)
        if values["format"] == FORMAT:
            return Manifest(**values)
    except (ValueError, TypeError, KeyError):
        raise BackupError("The backup's manifest cannot be read: take another copy of the file.") from None
    raise BackupError(f"The backup has format {values['format']}, this version reads {FORMAT}: use a newer version.")


def count(ask: Ask) -> dict[str, int]:
    """Return how many rows the counted tables hold, and the sum of all entries."""
    tables = [apps.get_model(label)._meta.db_table for label in COUNTED]
    entries = apps.get_model("loyalty.Entry")._meta.db_table
    counts = {table: int(ask(f"SELECT count(*) FROM {table}")[0][0]) for table in tables}  # noqa: S608
    return counts | {"sum of entries": int(ask(SUM.format(table=entries))[0][0])}


def differences(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """Return, in words, where the counts of a restored database are not those of its backup."""
    return [
        f"{name}: {after.get(name)} instead of {number}" for name, number in before.items() if after.get(name) != number
    ]
