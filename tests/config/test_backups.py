"""A backup holds everything, a restore brings back exactly that, and what does not fit is refused untouched."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from config.backups import archive, counts_here, postgres
from loyalty.domain import outbox
from loyalty.domain.outbox import Letter
from loyalty.models import MessageState, OutboxMessage
from loyalty.queries.verify import verify
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", str(tmp_path / "data" / "media")
    picture = tmp_path / "data" / "media" / "rewards" / "mug.webp"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"a mug")
    return tmp_path


@pytest.fixture
def world(world: World) -> World:
    world.purchase(1000)
    return world


@pytest.fixture
def backup(folder: Path, world: World) -> Path:
    call_command("backup", folder / "backup.tar.gz")
    return folder / "backup.tar.gz"


def restored(file: Path, *words: str) -> str:
    said = io.StringIO()
    call_command("restore", file, *words, stdout=said)
    return said.getvalue()


def rewritten(file: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write an archive anew with changed members."""
    other = file.with_name("other.tar.gz")
    with tarfile.open(file) as old, tarfile.open(other, "w:gz") as new:
        for member in old.getmembers():
            content = change(member.name, old.extractfile(member).read())
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return other


def member(file: Path, name: str) -> bytes:
    with tarfile.open(file) as tar:
        return tar.extractfile(name).read()


def with_manifest(file: Path, **values: object) -> Path:
    def change(name: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | values).encode() if name == archive.MANIFEST else content

    return rewritten(file, change)


def test_everything_comes_back_as_it_was(backup: Path, world: World, folder: Path) -> None:
    before = counts_here()
    world.purchase(5000)
    (folder / "data" / "media" / "rewards" / "mug.webp").write_bytes(b"another mug")
    (folder / "data" / "media" / "rewards" / "later.webp").write_bytes(b"later")
    assert "All " in restored(backup, "--replace")
    assert counts_here() == before
    pictures = {path.name: path.read_bytes() for path in (folder / "data" / "media" / "rewards").iterdir()}
    assert pictures == {"mug.webp": b"a mug"}
    assert list((folder / "data").iterdir()) == [folder / "data" / "media"]
    world.purchase(700)
    assert [finding for finding in verify() if finding.faults] == []


def test_the_ledger_is_guarded_again(backup: Path) -> None:
    restored(backup, "--replace")
    with pytest.raises(Exception, match="are written once"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM loyalty_entry")


def test_no_mail_leaves_twice(folder: Path, world: World) -> None:
    outbox.queue(business=None, recipient="a@example.com", letter=Letter("Hello."), purpose="test.hello", at=NOW)
    call_command("backup", folder / "with-mail.tar.gz")
    outbox.note_sent(message=OutboxMessage.objects.get(purpose="test.hello"), at=NOW)
    assert "messages that had not left by then are held" in restored(folder / "with-mail.tar.gz", "--replace")
    assert OutboxMessage.objects.get(purpose="test.hello").state == MessageState.HELD


def test_only_its_owner_can_read_it_and_no_half_of_it_is_left(backup: Path, folder: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir() if path.is_file()] == ["backup.tar.gz"]


def test_a_backup_is_never_overwritten(backup: Path) -> None:
    content = backup.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", backup)
    assert backup.read_bytes() == content


def refuse(file: Path, match: str, *words: str) -> None:
    before = counts_here()
    with pytest.raises(CommandError, match=match):
        restored(file, *words)
    assert counts_here() == before


def test_data_is_not_replaced_by_mistake(backup: Path, world: World) -> None:
    world.purchase(5000)
    refuse(backup, "There is data here")


@pytest.mark.parametrize("damaged", [archive.DATABASE, "media/rewards/mug.webp"])
def test_a_damaged_file_is_noticed(backup: Path, damaged: str) -> None:
    other = rewritten(backup, lambda name, content: content[:-1] + b"?" if name == damaged else content)
    refuse(other, f"damaged at {damaged}", "--replace")


def test_half_a_file_is_noticed(backup: Path, folder: Path) -> None:
    half = folder / "half.tar.gz"
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    refuse(half, "cannot be read to its end|has no manifest", "--replace")


def test_what_is_no_backup_is_refused(backup: Path, folder: Path) -> None:
    refuse(folder / "nothing.tar.gz", "is not there", "--replace")
    (folder / "text.tar.gz").write_text("Dear diary")
    refuse(folder / "text.tar.gz", r"text\.tar\.gz cannot be read", "--replace")


def test_a_backup_of_a_newer_version_is_refused(backup: Path) -> None:
    refuse(with_manifest(backup, migrations=["loyalty.0001_initial", "loyalty.9999_later"]), "9999_later", "--replace")
    refuse(with_manifest(backup, format=2), "has format 2", "--replace")


def test_a_backup_of_the_other_database_is_refused(backup: Path) -> None:
    refuse(with_manifest(backup, database="oracle"), "backup of oracle", "--replace")


def test_rows_that_went_missing_are_noticed(backup: Path) -> None:
    counts = json.loads(member(backup, archive.MANIFEST))["counts"]
    other = with_manifest(backup, counts=counts | {"loyalty_entry": 99})
    with pytest.raises(CommandError, match="loyalty_entry: 2 instead of 99"):
        restored(other, "--replace")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite needs no programs")
def test_without_the_client_programs_one_sentence_says_so(
    folder: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    with pytest.raises(CommandError, match="pg_dump is missing: install PostgreSQL's client programs"):
        call_command("backup", folder / "backup.tar.gz")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's interface copies in one step")
def test_a_restore_that_breaks_in_the_middle_leaves_everything_as_it_was(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CLEAR", postgres.CLEAR + "SELECT 1 / 0;")
    refuse(backup, "(?s)psql failed: .*division by zero", "--replace")
