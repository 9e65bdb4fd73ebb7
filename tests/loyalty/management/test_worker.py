"""The worker outlasts a database that goes away; any other fault ends it, for whoever watches it to see."""

import pytest
from django.db import InterfaceError, OperationalError

from loyalty.management.commands import worker


@pytest.mark.parametrize("away", [OperationalError("terminating connection"), InterfaceError("closed")])
def test_a_loop_goes_on_after_the_database_was_away(away: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.0)
    outcomes: list[Exception | None] = [away, away, None]

    def loop() -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    worker.outlast(loop)
    assert outcomes == []


def test_any_other_fault_ends_it() -> None:
    def loop() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        worker.outlast(loop)
