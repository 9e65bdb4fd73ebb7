"""Taking a backup of a whole installation, and putting it back."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config.backups import archive, files, manifest, postgres, sqlite
from config.backups.errors import BackupError
from config.backups.manifest import Manifest
from loyalty.domain import outbox
from loyalty.models import Business, User

__all__ = ["BackupError", "Manifest", "Restored", "back_up", "counts_here", "restore"]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and how many unsent messages wait for a person's word."""

    manifest: Manifest
    held: int


def back_up(target: Path, *, at: datetime) -> Manifest:
    """Write database and uploaded files into one new file; the shop may go on meanwhile. Raises BackupError."""
    with _workshop() as folder:
        copy = Path(folder) / archive.DATABASE
        counts, migrations = _engine().dump(copy)
        head = Manifest(
            format=manifest.FORMAT, version=_version(), taken_at=at.isoformat(), database=connection.vendor,
            migrations=migrations, counts=counts, files={},
        )  # fmt: skip
        return archive.write(target, head, {archive.DATABASE: copy, **files.uploaded(_places())})


def restore(source: Path, *, replace: bool, at: datetime) -> Restored:
    """Put a backup in the place of database and files, and bring it up to this version.

    Web and worker must be stopped. Nothing is touched before every file of the backup has proven whole. Messages
    that had not left are held: they may have left since. Raises BackupError, also where data is and replace is not.
    """
    with _workshop() as folder:
        found = archive.unpack(source, Path(folder))
        _check_fits(found)
        if not replace and _holds_data():
            raise BackupError(
                "There is data here: restore into an empty database, or add --replace to lose what is here."
            )
        _engine().load(Path(folder) / archive.DATABASE)
        wrong = manifest.differences(found.counts, counts_here())
        if wrong:
            raise BackupError(f"The restored rows are not those of the backup: {'; '.join(wrong)}.")
        files.put_back(Path(folder), _places())
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    return Restored(found, outbox.hold_waiting(at=at))


def _engine() -> ModuleType:
    return postgres if connection.vendor == "postgresql" else sqlite


def _workshop() -> TemporaryDirectory[str]:
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR)


def _places() -> dict[str, Path]:
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(storages["private"].path(""))}


def _version() -> str:
    return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])


def _check_fits(found: Manifest) -> None:
    if found.database != connection.vendor:
        raise BackupError(f"This is a backup of {found.database}, and the database here is {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(found.migrations) - known):
        raise BackupError(f"The backup is of a newer version (it knows {unknown[0]}): install that version first.")


def _holds_data() -> bool:
    tables = set(connection.introspection.table_names())
    return any(model._meta.db_table in tables and model.objects.exists() for model in (User, Business))


def counts_here() -> dict[str, int]:
    """Return what a backup would count now."""
    return manifest.count(_ask)


def _ask(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
