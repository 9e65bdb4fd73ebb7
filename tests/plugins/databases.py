"""The test databases: copied from a template that is migrated once, and emptied by DELETE after tests that commit.

The template's name holds a digest of all that migrations are made from, so a template never outlives its source. It is
made and copied under a lock, since each process of a run wants a database of its own at the same moment, and so does a
run of another checkout on the same PostgreSQL server.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase

from tests.laws.tree import APPS, ROOT
from tests.plugins.emptying import empty

SOURCES = (
    "requirements.txt", *(f"{app}/{part}" for app in APPS for part in ("*.py", "migrations/*.py", "models/**/*.py")),
)  # fmt: skip


def digest(root: Path = ROOT) -> str:
    """Return a short digest of all that a migrated database depends on."""
    found = sha256()
    for pattern in SOURCES:
        for file in sorted(root.glob(pattern)):
            found.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    return found.hexdigest()[:12]


def rename(name: str) -> None:
    """Let Django's connection be to the database of a name."""
    connection.close()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


def migrate_as(name: str) -> None:
    """Make a migrated database of a name, anew where half of one is left of a run that was ended."""
    own = connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.settings_dict["TEST"]["NAME"] = own


class SQLite:
    """Files beside each other: the template and its copies."""

    def __init__(self) -> None:
        self.own = Path(connection.settings_dict["TEST"]["NAME"])
        self.template = self.own.with_name(f"template-{digest()}.sqlite3")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process of this checkout after the other make or copy the template."""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with (settings.DATA_DIR / "template.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def make(self) -> None:
        for old in self.template.parent.glob("template-*.sqlite3*"):
            old.unlink()
        half = self.template.with_suffix(".half")
        migrate_as(str(half))
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        half.rename(self.template)
        half.with_name(f"{half.name}-turn").unlink(missing_ok=True)

    def there(self) -> bool:
        return self.template.exists()

    def copy(self) -> None:
        shutil.copyfile(self.template, self.own)
        rename(str(self.own))

    def leave(self) -> None:
        """Nothing is in the way: a file that is open can be deleted."""


class PostgreSQL:
    """Databases on one server; the template is marked as one once it is whole."""

    def __init__(self) -> None:
        self.own = connection.settings_dict["TEST"]["NAME"]
        self.template = f"regulars_template_{digest()}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process on the server after the other make, drop or copy templates, whatever checkout it is of."""
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('regulars_template'))")
            yield

    def make(self) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE 'regulars\\_template\\_%' AND datname NOT IN "
                "(SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL)"
            )
            for (old,) in cursor.fetchall():
                cursor.execute(f'ALTER DATABASE "{old}" IS_TEMPLATE false')
                cursor.execute(f'DROP DATABASE "{old}"')
        migrate_as(self.template)
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{self.template}" IS_TEMPLATE true')

    def there(self) -> bool:
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [self.template])
            return cursor.fetchone() is not None

    def copy(self) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.own}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{self.own}" TEMPLATE "{self.template}"')
        rename(self.own)

    def leave(self) -> None:
        """End the connections of threads that served a browser: one that is slow to close may keep its thread."""
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.own])


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    """In place of pytest-django's: a copy of the template."""
    before = connection.settings_dict["NAME"]
    store = SQLite() if connection.vendor == "sqlite" else PostgreSQL()
    with django_db_blocker.unblock(), store.locked():
        if not store.there():
            store.make()
        store.copy()
    yield
    with django_db_blocker.unblock():
        store.leave()
        connection.creation.destroy_test_db(before, verbosity=0)


@pytest.fixture(autouse=True, scope="session")
def _emptied_by_delete() -> Iterator[None]:
    """Empty the tables after a test that commits without TRUNCATE, which takes seconds, and past the guards."""

    def leave_nothing(case: TransactionTestCase) -> None:
        for alias in case._databases_names(include_mirrors=False):
            empty(connections[alias])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", leave_nothing)
        yield
