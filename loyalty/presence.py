"""Which background workers of this machine are alive: each holds a lock that ends with it, however it ends."""

import socket
from contextlib import suppress
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import IO

from django.conf import settings

try:
    import fcntl
except ImportError:  # Windows: there a worker is known to be gone by its silence alone.
    fcntl = None  # type: ignore[assignment]

_held: list[IO[bytes]] = []


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "workers"


@cache
def own_name() -> str:
    """Return the name under which this process works, and hold its lock from now to the end of the process."""
    name = f"{socket.gethostname()[:40]}:{token_hex(8)}"
    if fcntl is not None:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / name).open("wb")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _held.append(file)
    return name


def is_gone(name: str) -> bool:
    """Return whether a worker of this machine has ended. Of one elsewhere nothing is known: False."""
    if fcntl is None or not name.startswith(f"{socket.gethostname()[:40]}:"):
        return False
    with suppress(BlockingIOError):
        try:
            with (_folder() / name).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            pass
        return True
    return False


def forget_the_dead() -> None:
    """Remove the locks of workers of this machine that have ended."""
    if fcntl is None or not _folder().is_dir():
        return
    for path in _folder().iterdir():
        if path.name not in {Path(file.name).name for file in _held} and is_gone(path.name):
            path.unlink(missing_ok=True)
