"""The database backend that the settings name for a SQLite file."""

from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from config.permissions import close_to_others
from config.sqlite3.turns import Turn


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
        connection = super().get_new_connection(conn_params)
        close_to_others(Path(str(self.settings_dict["NAME"])))
        return connection

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
