"""One file for a whole installation: the database's copy, uploaded files, and the manifest that vouches for both."""

import hashlib
import io
import os
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO

from config.backups import manifest
from config.backups.errors import BackupError
from config.backups.manifest import Manifest

MANIFEST = "manifest.json"
DATABASE = "database"
CHUNK = 1 << 20


class _Hashed:
    """A file being read, and the digest of what was read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


def write(target: Path, head: Manifest, members: Mapping[str, Path]) -> Manifest:
    """Write an archive of these files, readable by its owner alone; return the manifest with their checksums.

    Appears under its name when it is whole, never before. Raises BackupError if there is such a file.
    """
    if target.exists():
        raise BackupError(f"{target} is there already: choose another name, a backup is never overwritten.")
    part = target.with_name(f"{target.name}.part")
    files: dict[str, str] = {}
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as tar:
                for name, path in members.items():
                    files[name] = _add(tar, name, path)
                whole = replace(head, files=files)
                text = whole.text().encode()
                tar.addfile(_head(MANIFEST, len(text)), io.BytesIO(text))
            os.fsync(raw.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return whole


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as file:
        hashed = _Hashed(file)
        tar.addfile(_head(name, os.fstat(file.fileno()).st_size), hashed)
    return hashed.digest.hexdigest()


def _head(name: str, size: int) -> tarfile.TarInfo:
    head = tarfile.TarInfo(name)
    head.size, head.mode = size, 0o600
    return head


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack an archive into an empty folder and check every file of it. Raises BackupError."""
    try:
        with tarfile.open(source, "r:gz") as tar:
            tar.extractall(folder, filter="data")
        found = manifest.read((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise BackupError(f"{source} is not there, or is no backup of Regulars: it has no manifest.") from None
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{source} cannot be read to its end: take another copy of it. ({error})") from None
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    damaged = sorted(present ^ set(found.files)) + [
        n for n in sorted(present) if _digest(folder / n) != found.files.get(n)
    ]
    if damaged:
        raise BackupError(f"{source} is damaged at {damaged[0]}: take another copy of it.")
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
