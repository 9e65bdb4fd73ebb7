"""SQLite by its own backup interface: a consistent copy while the shop goes on, never a copy of the file."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from config.backups import manifest


def dump(target: Path) -> tuple[dict[str, int], list[str]]:
    """Copy the database into a file; return what it counts and which migrations it has."""
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        # One file, without a log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")

        def ask(sql: str) -> list[tuple[Any, ...]]:
            return copy.execute(sql).fetchall()

        return manifest.count(ask), [name for (name,) in ask(manifest.MIGRATIONS)]


def load(source: Path) -> None:
    """Put a copy in the place of the whole database, in one transaction."""
    connection.ensure_connection()
    with closing(sqlite3.connect(source)) as copy:
        copy.backup(connection.connection)
    # What is prepared for the old schema must not be used again.
    connection.close()
