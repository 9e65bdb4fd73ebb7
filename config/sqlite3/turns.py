"""Whose turn it is to write: a lock on a file beside the database, which all who wait look at equally often.

SQLite lets a writer that finds the database locked sleep longer and longer, up to a tenth of a second, so that whoever
comes at the right moment overtakes it. The turn ends with the process, however that ends.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

LOOK = 0.005
"""Seconds between two looks: whoever just wrote often comes again sooner, and finds its pages still in memory."""


class Turn:
    """One connection's place in the queue of a database file."""

    def __init__(self, database: str) -> None:
        self.path = f"{database}-turn"
        self.file: int | None = None
        self.mine = False

    def take(self, timeout: float) -> bool:
        """Wait for the turn; return False when it has not come within so many seconds."""
        if fcntl is None or self.mine:
            return True
        if self.file is None:
            self.file = os.open(self.path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, self._mode())
        begun = time.monotonic()
        while not self._try():
            if time.monotonic() - begun > timeout:
                return False
            time.sleep(LOOK)
        self.mine = True
        return True

    def _mode(self) -> int:
        """Whoever may write the database waits in its queue; nobody else sees it."""
        with suppress(OSError):
            return Path(self.path.removesuffix("-turn")).stat().st_mode & 0o660
        return 0o600

    def _try(self) -> bool:
        assert self.file is not None
        with suppress(BlockingIOError):
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def end(self) -> None:
        """Let the next one write."""
        if self.mine and self.file is not None:
            fcntl.flock(self.file, fcntl.LOCK_UN)
        self.mine = False

    def leave(self) -> None:
        """End the turn and forget the file."""
        self.end()
        if self.file is not None:
            os.close(self.file)
        self.file = None
