"""Store a release: python -m tests.upgrades.store RELEASE [--database sqlite|postgresql]

Fills an installation of its own and writes its database to tests/upgrades/stored/, with a record of what every later
version must still find in it. PostgreSQL is found at TEST_DATABASE_URL, else on this machine; pg_dump is needed. The
secret is the sample that tests run with, so that PINs and links of then can be tried.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine

from config.env import SAMPLE_SECRET
from tests.campaigns import stand
from tests.upgrades import shelf
from tests.upgrades.shelf import POSTGRESQL, SQLITE, Record


def main(words: list[str]) -> int:
    """Store a release on one kind of database, or on each in a process of its own; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.upgrades.store", description="Stores a release.")
    parser.add_argument("release", metavar="RELEASE", help="such as 0.1.0")
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL], help="default: both")
    options = parser.parse_args(words)
    if options.database:
        store(options.release, options.database)
        return 0
    command = [sys.executable, "-m", "tests.upgrades.store", options.release, "--database"]
    return max(subprocess.run([*command, kind]).returncode for kind in (SQLITE, POSTGRESQL))


def store(release: str, kind: str) -> None:
    """Make an installation, fill it, prove it, and write its files."""
    server = SQLITE if kind == SQLITE else os.environ.get("TEST_DATABASE_URL", stand.HERE)
    with TemporaryDirectory(prefix="regulars-release-") as name, stand.own_database(server, Path(name)) as url:
        stand.surround(Path(name), url)
        os.environ["SECRET_KEY"] = SAMPLE_SECRET
        record = fill()
        record["files"] = shelf.packed_files(Path(name))
        file = shelf.keep_database(release, kind, url)
    shelf.keep_record(release, kind, record)
    sys.stdout.write(f"{file.name}: {file.stat().st_size / 1000:.0f} kB\n")


def fill() -> Record:
    """Fill the installation that the environment describes; return what must not change."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    from tests.upgrades import contents, holding

    for command in ("compilemessages", "migrate", "createcachetable"):
        call_command(command, verbosity=0)
    with time_machine.travel(contents.NOW, tick=False):
        contents.fill()
        call_command("verify_ledger")
    record = {
        "now": contents.NOW.isoformat(), **contents.KNOWN,
        "tables": holding.all_held(), "books": holding.books(), "explanations": holding.explanations(),
    }  # fmt: skip
    connections.close_all()
    return record


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
