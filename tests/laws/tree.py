"""The project's own files, as the laws look at them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("loyalty", "rewards", "members", "config")
"""The apps, lowest first: each may use those before it."""

PLACES = (*APPS, "templates", "static", "tests", "docs", "benchmarks", "locale", ".ci")
NOT_OURS = {"vendor", "migrations", "__pycache__"}


def files(*suffixes: str, places: tuple[str, ...] = PLACES) -> Iterator[Path]:
    """Yield our files of these kinds, leaving out migrations and what is vendored."""
    for place in places:
        for file in sorted((ROOT / place).rglob("*")):
            if file.suffix in suffixes and not NOT_OURS.intersection(file.relative_to(ROOT).parts):
                yield file


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
