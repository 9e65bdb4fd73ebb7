"""An installation of its own for a campaign: a database that migrate makes, a folder for files, nothing left behind."""

import argparse
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import psycopg

from config.env import clear

SQLITE = "sqlite"
HERE = "postgres://127.0.0.1:5432/"


def arguments(name: str, description: str) -> argparse.ArgumentParser:
    """Return a parser with what every campaign takes: --seed and --database."""
    parser = argparse.ArgumentParser(prog=f"./regulars {name}", description=description)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="default: another each time")
    parser.add_argument(
        "--database",
        default=os.environ.get("TEST_DATABASE_URL", HERE),
        metavar="SERVER",
        help=f"{SQLITE}, or postgres://user@host:port/: a database of its own is made there and dropped again "
        f"(default: TEST_DATABASE_URL, else {HERE})",
    )
    return parser


@contextmanager
def stand(database: str, *, inside: Path | None = None) -> Iterator[Path]:
    """Set Django up on a database and a folder of its own; yield the folder. Both are gone at the end."""
    signal.signal(signal.SIGTERM, _leave)
    with (
        TemporaryDirectory(prefix="regulars-campaign-", dir=inside) as folder,
        own_database(database, Path(folder)) as url,
    ):
        surround(Path(folder), url)
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        try:
            yield Path(folder)
        finally:
            connections.close_all()


@contextmanager
def own_database(server: str, folder: Path) -> Iterator[str]:
    """Yield the address of a fresh, empty database on a server, or of a file in the folder; drop it at the end."""
    if server.startswith(SQLITE):
        yield f"sqlite:///{folder / 'campaign.sqlite3'}"
        return
    name = f"campaign_{os.getpid()}_{secrets.token_hex(3)}"
    _administer(server, f'CREATE DATABASE "{name}"')
    try:
        yield address(server, name)
    finally:
        _administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def address(server: str, name: str) -> str:
    """Return the address of a database on a server."""
    parts = urlsplit(server)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


def _administer(server: str, statement: str) -> None:
    try:
        with psycopg.connect(address(server, "postgres"), autocommit=True, connect_timeout=10) as connection:
            connection.execute(statement)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        sys.exit(f"PostgreSQL at {server} cannot be used: {error}")


def surround(folder: Path, url: str) -> None:
    """Set the environment of the stand, which its own processes inherit."""
    clear()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tests.campaigns.settings",
        REGULARS_MODE="test",
        DATA_DIR=str(folder),
        DATABASE_URL=url,
        SECRET_KEY=secrets.token_urlsafe(50),
        LOG_LEVEL="ERROR",
    )


def faults() -> list[str]:
    """Return what verify finds wrong in the books, in words."""
    from loyalty.queries.verify import verify

    return [f"{finding.invariant}: {fault}" for finding in verify() for fault in finding.faults]


def _leave(number: int, frame: object) -> None:
    with suppress(ValueError):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(128 + number)
