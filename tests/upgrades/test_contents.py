"""What is stored with a release is the product's whole life in small: hardly a table, a kind or a state is missing."""

import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Model, TextChoices
from django.test import override_settings

from loyalty import models as loyalty
from loyalty.models import Entry
from members.models import ConsentEvent, ConsentEventKind
from rewards.models import Reward, RewardKind, RewardState, Voucher, VoucherState
from tests.campaigns import stand
from tests.laws.test_hygiene import strangers
from tests.upgrades import contents, holding, shelf

EMPTY = {
    "account_emailconfirmation": "addresses are proven by codes, not by keys that lie in the database",
    "loyalty_user_groups": "nobody uses Django's groups: roles say who may do what",
    "loyalty_user_user_permissions": "nor its permissions, for the same reason",
}
"""The tables that the product itself leaves empty, and why."""

KINDS: list[tuple[type[Model], str, type[TextChoices]]] = [
    (loyalty.Posting, "kind", loyalty.PostingKind),
    (loyalty.Entry, "kind", loyalty.EntryKind),
    (loyalty.Unit, "kind", loyalty.UnitKind),
    (loyalty.StaffRole, "role", loyalty.Role),
    (loyalty.Business, "debt_policy", loyalty.DebtPolicy),
    (loyalty.ProgramVersion, "state", loyalty.VersionState),
    (loyalty.Adjustment, "state", loyalty.AdjustmentState),
    (loyalty.OutboxMessage, "state", loyalty.MessageState),
    (Reward, "kind", RewardKind),
    (Reward, "state", RewardState),
    (Voucher, "state", VoucherState),
    (ConsentEvent, "kind", ConsentEventKind),
]
LARGEST = 600_000
"""Bytes that a release may take."""


@pytest.fixture(scope="module")
def history(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The history as it would be stored today, told into the database of the test run."""
    if connection.vendor != "sqlite":
        pytest.skip("told on SQLite; a release is stored on both")
    worker = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "bulk", "files"]}}
    with (
        django_db_blocker.unblock(),
        override_settings(TASKS=worker, MEDIA_ROOT=str(tmp_path_factory.mktemp("media"))),
        time_machine.travel(contents.NOW),
        transaction.atomic(),
    ):
        contents.fill()
        yield
        transaction.set_rollback(True)


def test_hardly_a_table_is_left_empty(history: None) -> None:
    assert {table for table, held in holding.all_held().items() if not held["rows"]} == set(EMPTY)


@pytest.mark.parametrize(
    ("model", "column", "choices"), KINDS, ids=[f"{model.__name__}.{name}" for model, name, _ in KINDS]
)
def test_there_is_one_of_every_kind(history: None, model: Any, column: str, choices: type[TextChoices]) -> None:
    assert set(model.objects.values_list(column, flat=True)) == set(choices.values)


def test_something_was_forgiven_where_debts_are(history: None) -> None:
    assert Entry.objects.filter(forgiven__gt=0).exists()


def test_what_is_told_holds(history: None) -> None:
    assert stand.faults() == []


def test_the_founding_release_is_stored() -> None:
    assert shelf.releases()[0] == "0.1.0"


def files(release: str) -> list[Path]:
    return sorted(shelf.SHELF.glob(f"{release}.[!0-9]*"))


@pytest.mark.parametrize("release", shelf.releases())
def test_a_release_is_stored_for_both_databases(release: str) -> None:
    assert {file.name for file in files(release)} == {
        f"{release}.json", f"{release}.sqlite.xz", f"{release}.postgresql.sql.xz",
    }  # fmt: skip
    assert shelf.record_of(release).keys() == {shelf.SQLITE, shelf.POSTGRESQL}


@pytest.mark.parametrize("release", shelf.releases())
def test_its_files_are_small(release: str) -> None:
    assert sum(file.stat().st_size for file in files(release)) < LARGEST


@pytest.mark.parametrize("release", shelf.releases())
@pytest.mark.parametrize("kind", shelf.ENDINGS)
def test_a_stored_database_names_no_registry_and_no_machine(release: str, kind: str) -> None:
    content = lzma.decompress((shelf.SHELF / f"{release}.{shelf.ENDINGS[kind]}").read_bytes())
    assert strangers(content.decode(errors="ignore")) == []


@pytest.mark.parametrize("release", shelf.releases())
def test_nobody_in_it_is_real(release: str) -> None:
    script = lzma.decompress((shelf.SHELF / f"{release}.postgresql.sql.xz").read_bytes()).decode()
    hosts = set(re.findall(r"@((?:[\w-]+\.)+\w+)", script))
    assert {host for host in hosts if not host.endswith((".example", "example.com"))} == set()
