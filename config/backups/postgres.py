"""PostgreSQL by pg_dump and pg_restore: one snapshot out, one transaction in."""

import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection, transaction

from config.backups import manifest
from config.backups.errors import BackupError

MISSING = (
    "{tool} is missing: install PostgreSQL's client programs, of the server's version or newer "
    "(Debian: apt install postgresql-client)."
)
CLEAR = """
SET LOCAL lock_timeout = '30s';
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', found.tablename);
  END LOOP;
END $$;
DROP FUNCTION IF EXISTS regulars_append_only() CASCADE;
"""


def dump(target: Path) -> tuple[dict[str, int], list[str]]:
    """Dump the database into a file; return what the very same snapshot counts and which migrations it has."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]

        def ask(sql: str) -> list[tuple[object, ...]]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        options = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        _run("pg_dump", *options, f"--file={target}", to_server=True)
        return manifest.count(ask), [str(name) for (name,) in ask(manifest.MIGRATIONS)]


def load(source: Path) -> None:
    """Put a dump in the place of all tables, in one transaction: after a failure everything is as it was."""
    script, clear = source.with_name("restore.sql"), source.with_name("clear.sql")
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    clear.write_text(CLEAR)
    connection.close()
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run("psql", *options, f"--file={clear}", f"--file={script}", to_server=True)


def _run(tool: str, *words: str, to_server: bool = False) -> None:
    program = shutil.which(tool)
    if program is None:
        raise BackupError(MISSING.format(tool=tool))
    place, surroundings = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    environment = {**os.environ, **(surroundings or {})}
    command = [program, *words, *(place[1:] if to_server else [])]
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip()}")
