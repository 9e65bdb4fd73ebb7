"""What an owner does with an import: each verb moves the batch from one state to the next."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.db.models import Q

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.engine.imports.columns import Field
from loyalty.engine.imports.files import FileFormat
from loyalty.engine.imports.rows import Choices
from loyalty.models import BatchState, Business, ImportBatch, Sale
from loyalty.queries.imports import stage_path
from loyalty.queries.program import live_version

SILENCE = timedelta(minutes=2)
"""How long a batch at work gives no sign of life before another worker takes it over."""

KEPT = timedelta(days=30)
"""How long a file is kept after its last use."""

AT_WORK = (BatchState.CHECKING, BatchState.RUNNING, BatchState.UNDOING)
UNBOOKED = (BatchState.UPLOADED, BatchState.CHECKING, BatchState.READY)


class BatchError(Exception):
    """An act on an import that is refused; nothing was written."""


class WrongState(BatchError):
    """The batch is not where this can be done: another window or the worker was faster."""


class OtherRunning(BatchError):
    """Another import of the business is running."""


class NothingToBook(BatchError):
    """No row of the file can be used."""


@transaction.atomic
def upload(
    *, business: Business, key: UUID, content: BinaryIO, name: str, form: FileFormat, by: Actor, at: datetime
) -> ImportBatch:
    """Keep a file that is known to be readable. The same key again returns the first batch."""
    known = ImportBatch.objects.filter(business=business, public_id=key).first()
    if known:
        return known
    batch = ImportBatch(
        business=business, staff=by.staff, public_id=key, file_name=name[:200], sha256=_digest(content),
        format=form.as_json(), uploaded_at=at,
    )  # fmt: skip
    content.seek(0)
    batch.file.save(f"{key}{_suffix(form)}", File(content), save=False)
    batch.save()
    audit.record(verb="import.uploaded", by=by, at=at, business=business, obj=batch, lines=form.lines)
    return batch


def _digest(content: BinaryIO) -> str:
    content.seek(0)
    digest = hashlib.sha256()
    while block := content.read(1024 * 1024):
        digest.update(block)
    return digest.hexdigest()


def _suffix(form: FileFormat) -> str:
    return ".xlsx" if form.kind == "workbook" else ".csv.gz" if form.packed else ".csv"


@transaction.atomic
def choose(
    *, batch: ImportBatch, columns: Mapping[Field, int], choices: Choices, by: Actor, at: datetime
) -> ImportBatch:
    """Say what the columns mean and how lines are to be booked; the check can begin. Raises WrongState."""
    row = _take(batch, (BatchState.UPLOADED, BatchState.READY, BatchState.FAILED))
    if row.started_at:
        raise WrongState
    row.columns, row.choices = dict(columns), choices.as_json()
    row.state, row.position, row.total = BatchState.CHECKING, 0, row.format["lines"]
    row.report, row.error, row.error_line, row.heartbeat_at = {}, "", None, at
    row.save()
    audit.record(verb="import.checked", by=by, at=at, business=row.business, obj=row)
    return row


@transaction.atomic
def reconsider(*, batch: ImportBatch, by: Actor, at: datetime) -> ImportBatch:
    """Go back to the columns, also while the check is running. Raises WrongState once booking has begun."""
    row = _take(batch, (*UNBOOKED, BatchState.FAILED))
    if row.started_at:
        raise WrongState
    row.state = BatchState.UPLOADED
    row.save(update_fields=["state"])
    return row


@transaction.atomic
def start(*, batch: ImportBatch, by: Actor, at: datetime) -> ImportBatch:
    """Begin to book a checked file, with the awards of the version live now.

    Raises WrongState, NothingToBook, OtherRunning.
    """
    row = _take(batch, (BatchState.READY,))
    if not row.total:
        raise NothingToBook
    _refuse_second(row)
    row.program = live_version(row.business) if row.choices["award"] else None
    row.state, row.position, row.started_at, row.heartbeat_at = BatchState.RUNNING, 0, at, at
    row.save()
    audit.record(verb="import.started", by=by, at=at, business=row.business, obj=row, receipts=row.total)
    return row


@transaction.atomic
def cancel(*, batch: ImportBatch, by: Actor, at: datetime) -> ImportBatch:
    """Stop booking. What is booked stays booked; resume() goes on from there. Raises WrongState."""
    row = _take(batch, (BatchState.RUNNING,))
    row.state, row.finished_at = BatchState.CANCELLED, at
    row.save(update_fields=["state", "finished_at"])
    audit.record(verb="import.cancelled", by=by, at=at, business=row.business, obj=row, position=row.position)
    return row


@transaction.atomic
def resume(*, batch: ImportBatch, by: Actor, at: datetime) -> ImportBatch:
    """Go on with an import that was cancelled or has failed. Raises WrongState, OtherRunning."""
    row = _take(batch, (BatchState.CANCELLED, BatchState.FAILED))
    if not row.started_at or not row.file:
        raise WrongState
    _refuse_second(row)
    row.state, row.heartbeat_at, row.finished_at = BatchState.RUNNING, at, None
    row.error, row.error_line = "", None
    row.save()
    audit.record(verb="import.resumed", by=by, at=at, business=row.business, obj=row, position=row.position)
    return row


@transaction.atomic
def undo(*, batch: ImportBatch, by: Actor, at: datetime) -> ImportBatch:
    """Begin to take back all that an import has booked. Raises WrongState, OtherRunning."""
    row = _take(batch, (BatchState.DONE, BatchState.CANCELLED, BatchState.FAILED))
    if not row.started_at:
        raise WrongState
    _refuse_second(row)
    row.state, row.position, row.heartbeat_at, row.finished_at = BatchState.UNDOING, 0, at, None
    row.total = Sale.objects.filter(batch=row, undone_at=None).count()
    row.error = ""
    row.save()
    audit.record(verb="import.undo_started", by=by, at=at, business=row.business, obj=row, sales=row.total)
    return row


@transaction.atomic
def discard(*, batch: ImportBatch, by: Actor, at: datetime) -> None:
    """Throw away an upload of which nothing is booked, with its file. Raises WrongState."""
    row = _take(batch, (*UNBOOKED, BatchState.FAILED))
    if row.started_at:
        raise WrongState
    audit.record(verb="import.discarded", by=by, at=at, business=row.business, obj=row)
    transaction.on_commit(lambda: _remove_files(row))
    ImportBatch.objects.filter(pk=row.pk).delete()


def fail(*, batch_id: int, error: str, at: datetime, line: int | None = None) -> None:
    """Note that the work on a batch cannot go on. What is booked stays booked."""
    ImportBatch.objects.filter(pk=batch_id, state__in=AT_WORK).update(
        state=BatchState.FAILED, error=error, error_line=line, finished_at=at
    )


def revive(*, at: datetime) -> list[int]:
    """Return the batches at work that have given no sign of life for a while, each once in that while."""
    silent = ImportBatch.objects.filter(state__in=AT_WORK, heartbeat_at__lt=at - SILENCE)
    return [
        batch_id
        for batch_id, heartbeat in silent.order_by("pk").values_list("pk", "heartbeat_at")
        if ImportBatch.objects.filter(pk=batch_id, heartbeat_at=heartbeat).update(heartbeat_at=at)
    ]


def clean(*, at: datetime) -> int:
    """Remove files that have had no use for 30 days, and uploads that nobody went on with; return how many."""
    old = ImportBatch.objects.exclude(file="").exclude(state__in=AT_WORK).filter(uploaded_at__lt=at - KEPT)
    old = old.filter(Q(finished_at=None) | Q(finished_at__lt=at - KEPT))
    removed = 0
    for row in old.order_by("pk"):
        _remove_files(row)
        if row.started_at:
            row.save(update_fields=["file"])
        else:
            row.delete()
        removed += 1
    return removed


def _remove_files(row: ImportBatch) -> None:
    stage_path(row).unlink(missing_ok=True)
    for part in Path(row.file.path).parent.glob(f"{stage_path(row).name}.*.part"):
        part.unlink(missing_ok=True)
    row.file.delete(save=False)


def _take(batch: ImportBatch, states: Collection[BatchState]) -> ImportBatch:
    """Lock a batch that is in one of the states."""
    row = ImportBatch.objects.select_for_update(of=("self",)).select_related("business").get(pk=batch.pk)
    if row.state not in states:
        raise WrongState(row.state)
    return row


def _refuse_second(row: ImportBatch) -> None:
    """Two imports at once would each find the other's receipts half known."""
    Business.objects.select_for_update().get(pk=row.business_id)
    busy = (BatchState.RUNNING, BatchState.UNDOING)
    if ImportBatch.objects.filter(business=row.business_id, state__in=busy).exclude(pk=row.pk).exists():
        raise OtherRunning
