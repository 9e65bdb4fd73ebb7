"""Uploaded files: pictures that everybody may see, and what imports brought."""

import shutil
from collections.abc import Mapping
from pathlib import Path


def uploaded(places: Mapping[str, Path]) -> dict[str, Path]:
    """Return every uploaded file by its name in the archive, "<place>/<path>"."""
    return {
        f"{place}/{path.relative_to(folder).as_posix()}": path
        for place, folder in places.items()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def put_back(unpacked: Path, places: Mapping[str, Path]) -> None:
    """Put the unpacked files of each place in the place of those that are there."""
    for place, folder in places.items():
        shutil.rmtree(folder, ignore_errors=True)
        fresh = unpacked / place
        if fresh.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(fresh, folder)
            for path in folder.rglob("*"):
                path.chmod(0o750 if path.is_dir() else 0o640)
