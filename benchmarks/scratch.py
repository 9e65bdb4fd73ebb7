"""Databases of the benchmark's own, made for one run and thrown away after it, and the machine it runs on."""

import os
import platform
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.env import clear

ROOT = Path(__file__).resolve().parent.parent
SERVER = "BENCH_SERVER"
"""Names a PostgreSQL on which databases may be made; default: whoever runs this, at 127.0.0.1."""

DATABASES = ("postgresql", "sqlite")


def server() -> str:
    """Return the address of the PostgreSQL to measure on, without a database."""
    return os.environ.get(SERVER, "postgres://127.0.0.1:5432").rstrip("/")


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Make a database of a kind with the product's tables and prepare Django for it; yield its URL; remove it."""
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=_var()))
    name = f"regulars_{folder.name.replace('-', '_').lower()}"
    url = f"{server()}/{name}" if kind == "postgresql" else f"sqlite:///{folder / 'bench.sqlite3'}"
    try:
        if kind == "postgresql":
            _on_server("CREATE DATABASE {}", name)
        surround(url, folder)
        _migrate()
        _disconnect()  # A session that has made a hundred tables stays slower than those of a server, and the anchor's.
        yield url
    finally:
        _disconnect()
        if kind == "postgresql":
            _on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        shutil.rmtree(folder, ignore_errors=True)


def surround(url: str, folder: Path) -> None:
    """Set the environment of a Regulars on that database, whatever the surroundings say."""
    clear()
    os.environ |= {
        "DATABASE_URL": url, "DATA_DIR": str(folder), "REGULARS_MODE": "test", "BASE_URL": "http://localhost",
        "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR",
    }  # fmt: skip


def dsn(url: str) -> str:
    """Return the address of a database as libpq reads it."""
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql"))


def environment() -> str:
    """Return what the figures depend on."""
    with psycopg.connect(f"{dsn(server())}/postgres") as connection:
        version = connection.execute("SHOW server_version").fetchone()
    model = next((line for line in _cpu().splitlines() if line.startswith("model name")), "?").partition(":")[2]
    return (
        f"Python {platform.python_version()}, PostgreSQL {version[0] if version else '?'}, "
        f"SQLite {sqlite3.sqlite_version}, psycopg {psycopg.__version__} ({psycopg.pq.__impl__}), "
        f"{os.cpu_count()} cores ({model.strip()}), load {os.getloadavg()[0]:.1f}"
    )


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text() if path.exists() else ""


def _var() -> Path:
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    return folder


def _on_server(statement: str, name: str) -> None:
    with psycopg.connect(f"{dsn(server())}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def _disconnect() -> None:
    from django.apps import apps
    from django.db import connections

    if apps.ready:
        connections.close_all()
