"""The database backend that the settings name for a SQLite file."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from config.permissions import close_to_others
from config.sqlite3.turns import Turn

_kept: dict[tuple[int, str], sqlite3.Connection] = {}
"""One idle connection of each process to each file. While there is one, the files of the write-ahead log stay.

The last connection to close removes them, and the next would have to make them anew: on a full disk it could not, and
nothing could be read.
"""


def _keep_log(path: str) -> None:
    key = (os.getpid(), path)
    if key not in _kept:
        kept = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        kept.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        _kept[key] = kept


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes its turn before each writing transaction, and gives it back once that is over.

    A transaction that is begun DEFERRED only reads (loyalty.queries.snapshot): it waits for no writer.
    """

    transaction_mode: str | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.turn: Turn | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file; no other user of the machine may read it, nor the log that SQLite makes after its likeness."""
        connected = super().get_new_connection(conn_params)
        close_to_others(Path(str(self.settings_dict["NAME"])))
        if not self.is_in_memory_db():
            _keep_log(str(conn_params["database"]))
        return connected

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode != "DEFERRED":
            self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _take_turn(self) -> None:
        if self.turn is None:
            self.turn = Turn(str(self.settings_dict["NAME"]))
        if not self.is_in_memory_db() and not self.turn.take(self.settings_dict["OPTIONS"].get("timeout", 5.0)):
            raise OperationalError("database is locked: the turn to write did not come")

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self.turn:
                self.turn.leave()

    def _end_turn(self) -> None:
        if self.turn:
            self.turn.end()
