"""An installation of one's own inside the test run: another database, and another folder, until it is over."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.utils import load_backend

from tests.campaigns import stand
from tests.upgrades import holding, shelf
from tests.upgrades.shelf import Record
from tests.uploads import kept_in


@dataclass(frozen=True)
class Upgraded:
    """A release after its upgrade, with the record that was stored beside it.

    when_restored: where the database, before its upgrade, did not hold what the record says.
    """

    record: Record
    when_restored: list[str]


@contextmanager
def upgraded(release: str, folder: Path) -> Iterator[Upgraded]:
    """Turn Django to a stored release, brought to today's version, at the moment when it was stored."""
    record = shelf.record_of(release)[connection.vendor]
    server = os.environ.get("TEST_DATABASE_URL", shelf.SQLITE)
    with time_machine.travel(datetime.fromisoformat(record["now"])), restored(release, server, folder):
        when_restored = holding.differences(record["tables"], {})
        call_command("migrate", verbosity=0, interactive=False)
        yield Upgraded(record, when_restored)


@contextmanager
def restored(release: str, server: str, folder: Path) -> Iterator[None]:
    """Turn Django to a stored release, put back as it was stored; its database is gone at the end."""
    kind = connection.vendor
    with stand.own_database(server, folder) as url, pytest.MonkeyPatch.context() as patch:
        shelf.put_back(release, kind, url)
        shelf.unpack_files(shelf.record_of(release)[kind]["files"], folder)
        patch.setattr(settings, "DATA_DIR", folder)
        with kept_in(folder / "media", "default"), kept_in(folder / "private", "private"), connected(url):
            yield


@contextmanager
def connected(url: str) -> Iterator[None]:
    """Let the connection of this thread be one to the database at an address."""
    usual, facts = connections[DEFAULT_DB_ALIAS], connections.settings[DEFAULT_DB_ALIAS]
    name = urlsplit(url).path.removeprefix("/")
    other = load_backend(facts["ENGINE"]).DatabaseWrapper({**facts, "NAME": name}, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = other
    _forget()
    try:
        yield
    finally:
        other.close()
        connections[DEFAULT_DB_ALIAS] = usual
        _forget()


def _forget() -> None:
    """Forget what the process remembers of the rows of another database."""
    ContentType.objects.clear_cache()
    cache.clear()
