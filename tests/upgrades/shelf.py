"""The stored releases: their files, and how a database is written into one and put back from it.

SQLite's file is itself, PostgreSQL's the SQL that makes it: a later server reads both, without further programs.
"""

import base64
import json
import lzma
import os
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

SHELF = Path(__file__).with_name("stored")
SQLITE, POSTGRESQL = "sqlite", "postgresql"
ENDINGS = {SQLITE: "sqlite.xz", POSTGRESQL: "postgresql.sql.xz"}
HEAD = re.compile(r"\A.*?^(?=CREATE )", re.DOTALL | re.MULTILINE)
"""What stands above the first table: settings of a session, some of which other versions of the server do not know."""
TAIL = re.compile(r"^\\unrestrict \w+\n", re.MULTILINE)
"""A word to psql alone."""

type Record = dict[str, Any]


def releases() -> list[str]:
    """Return the names of the stored releases, the oldest first."""
    return sorted((file.stem for file in SHELF.glob("*.json")), key=lambda name: [int(n) for n in name.split(".")])


def record_of(release: str) -> Record:
    """Return what is known of a release, by kind of database; nothing of one that is not stored yet."""
    file = SHELF / f"{release}.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}


def keep_record(release: str, kind: str, record: Record) -> None:
    """Write down what is known of a release on a kind of database."""
    known = record_of(release) | {kind: record}
    text = json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False)
    (SHELF / f"{release}.json").write_text(f"{text}\n")


def keep_database(release: str, kind: str, url: str) -> Path:
    """Write the database at an address into a release's file; return the file."""
    content = _sqlite_file(_path(url)) if kind == SQLITE else _script(url)
    file = SHELF / f"{release}.{ENDINGS[kind]}"
    file.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    return file


def put_back(release: str, kind: str, url: str) -> None:
    """Fill the empty database at an address from a release's file."""
    content = lzma.decompress((SHELF / f"{release}.{ENDINGS[kind]}").read_bytes())
    if kind == SQLITE:
        _path(url).write_bytes(content)
        return
    with psycopg.connect(url) as connection:
        connection.execute(content)


def _path(url: str) -> Path:
    return Path(urlsplit(url).path.removeprefix("/"))


def _sqlite_file(path: Path) -> bytes:
    """Return a database as one file that holds nothing but its rows."""
    copy = path.with_name("stored.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])
    return copy.read_bytes()


def _script(url: str) -> bytes:
    """Return the SQL of a database without what is said to psql, or to servers of one version."""
    options = ["--inserts", "--rows-per-insert=200", "--no-owner", "--no-privileges", "--no-comments"]
    done = subprocess.run(
        ["pg_dump", *options, f"--dbname={url}"], env={**os.environ, "PGOPTIONS": "-c timezone=UTC"},
        capture_output=True, check=True,
    )  # fmt: skip
    script = HEAD.sub("", done.stdout.decode(), count=1)
    return TAIL.sub("", script).encode()


def packed_files(folder: Path) -> dict[str, str]:
    """Return the uploaded files of an installation by their place in its folder, as text.

    The stage of an import is left out: where it is gone the product makes it anew.
    """
    return {
        file.relative_to(folder).as_posix(): base64.b64encode(file.read_bytes()).decode()
        for place in ("media", "private")
        for file in sorted((folder / place).rglob("*"))
        if file.is_file() and file.suffix != ".stage"
    }


def unpack_files(files: dict[str, str], folder: Path) -> None:
    """Put uploaded files into the folder of an installation."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(content))
