"""The worker's part of an import: what it does when something breaks."""

import pytest
from django.db import OperationalError

from loyalty.domain import imports
from loyalty.domain.imports import steps
from loyalty.imports_in_words import failure
from loyalty.models import BatchState, Sale
from loyalty.tasks import work_on_import
from tests.loyalty.imports import FILE, Desk, faults

pytestmark = pytest.mark.django_db


def test_it_works_until_nothing_is_left(desk: Desk) -> None:
    batch = desk.start(FILE)
    work_on_import.func(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, Sale.objects.count()) == (BatchState.DONE, 4)


def test_a_batch_that_is_gone_is_no_work(db: None) -> None:
    work_on_import.func(4711)


def test_a_fault_stops_the_import_and_it_can_go_on_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PURCHASES_AT_ONCE", 2)
    batch = desk.start(FILE)
    desk.step(batch)

    def break_down(*args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(steps, "_next_receipts", break_down)
        with pytest.raises(ZeroDivisionError):
            work_on_import.func(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.position, Sale.objects.count()) == (BatchState.FAILED, 2, 2)
    assert failure(batch) == "Something went wrong on our side. What is booked stays booked."
    imports.resume(batch=batch, by=desk.by, at=desk.clock())
    work_on_import.func(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, Sale.objects.count(), faults()) == (BatchState.DONE, 4, [])


def test_a_busy_database_leaves_the_import_to_the_tick(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = desk.start(FILE)

    def busy(*args: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(steps, "_next_receipts", busy)
    with pytest.raises(OperationalError):
        work_on_import.func(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.RUNNING
