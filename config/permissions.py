"""Who else on the machine may read what the processes write: nobody, but for what is made to be served or shipped."""

import os
import sys
from contextlib import suppress
from pathlib import Path

PRIVATE, PUBLIC = 0o077, 0o022
WRITES_PUBLIC = ("collectstatic", "compilemessages", "makemessages")
"""The commands that write nothing but static files and translations: a proxy, or another user, reads them."""


def keep_private(words: list[str] | None = None) -> None:
    """Let files of this process be its user's alone. Sockets are not: gunicorn makes them with a umask of its own."""
    command = (sys.argv if words is None else words)[1:2]
    os.umask(PUBLIC if command and command[0] in WRITES_PUBLIC else PRIVATE)


def close_to_others(file: Path) -> None:
    """Take reading and writing from all who are neither the file's user nor its group: an earlier version gave it."""
    with suppress(OSError):
        mode = file.stat().st_mode
        if mode & 0o007:
            file.chmod(mode & 0o770)
