"""What an owner does with an import: each verb moves the batch from one state to the next."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
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
from loyalty.engine.imports.limits import QUOTA
from loyalty.engine.imports.rows import Choices
from loyalty.models import BatchState, Business, ImportBatch, Sale
from loyalty.queries.import_files import kept_files
from loyalty.queries.imports import stage_path
from loyalty.queries.program import live_version

SILENCE = timedelta(seconds=30)
"""How long a batch at work gives no sign of life before another worker takes over. Reading gives one each 5 s."""

KEPT = timedelta(days=30)
"""How long a file is kept after its last use."""

READ = (BatchState.READING, BatchState.CHECKING)
AT_WORK = (*READ, BatchState.RUNNING, BatchState.UNDOING)
UNBOOKED = (BatchState.UPLOADED, BatchState.CHECKING, BatchState.READY)


class BatchError(Exception):
    """An act on an import that is refused; nothing was written."""


class WrongState(BatchError):
    """The batch is not where this can be done: another window or the worker was faster."""


class OtherRunning(BatchError):
    """Another import of the business is running."""


class OtherBeingRead(BatchError):
    """Another file of the business is being read: one at a time."""


class QuotaReached(BatchError):
    """The files of the business would take more room than it may have; left is what it still has, in bytes."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} bytes left")
        self.left = left


class DiskFull(BatchError):
    """There is no room for the file on the disk."""


class NothingToBook(BatchError):
    """No row of the file can be used."""


def upload(
    *, business: Business, key: UUID, content: BinaryIO, name: str, by: Actor, at: datetime, quota: int = QUOTA
) -> ImportBatch:
    """Keep a file as it came, for the worker to look into. The same key again returns the first batch.

    Nothing of the file is understood here. quota is how many bytes the files of a business may take.
    Raises OtherBeingRead, QuotaReached, DiskFull. Locks the business for a moment, once the file is stored.
    """
    known = ImportBatch.objects.filter(business=business, public_id=key).first()
    if known:
        return known
    size, digest = _measure(content)
    _refuse_upload(business, size, quota)
    batch = ImportBatch(
        business=business, staff=by.staff, public_id=key, file_name=name[:200], sha256=digest, uploaded_at=at,
        heartbeat_at=at,
    )  # fmt: skip
    try:
        batch.file.save(f"{key}.upload", File(content), save=False)
        kept = _keep(batch, size, quota, by=by, at=at)
    except OSError as error:
        _forget(batch)
        raise DiskFull from error
    except BaseException:
        _forget(batch)
        raise
    if kept is not batch:
        _forget(batch)
    return kept


def _measure(content: BinaryIO) -> tuple[int, str]:
    """Return size and digest of a file, and go back to its start."""
    content.seek(0)
    size, digest = 0, hashlib.sha256()
    while block := content.read(1024 * 1024):
        size += len(block)
        digest.update(block)
    content.seek(0)
    return size, digest.hexdigest()


def _refuse_upload(business: Business, size: int, quota: int) -> None:
    if ImportBatch.objects.filter(business=business, state__in=READ).exists():
        raise OtherBeingRead
    used = sum(kept.size for kept in kept_files(business))
    if used + size > quota:
        raise QuotaReached(max(quota - used, 0))


@transaction.atomic
def _keep(batch: ImportBatch, size: int, quota: int, *, by: Actor, at: datetime) -> ImportBatch:
    """Write the row of a file that is stored, unless the same form was faster."""
    business = Business.objects.select_for_update(no_key=True, of=("self",)).get(pk=batch.business_id)
    known = ImportBatch.objects.filter(business=business, public_id=batch.public_id).first()
    if known:
        return known
    _refuse_upload(business, size, quota)
    batch.save()
    audit.record(verb="import.uploaded", by=by, at=at, business=business, obj=batch, bytes=size)
    return batch


def _forget(batch: ImportBatch) -> None:
    """Remove what was stored of a file that is not kept."""
    if batch.file:
        with suppress(OSError):
            batch.file.delete(save=False)


@transaction.atomic
def choose(
    *, batch: ImportBatch, columns: Mapping[Field, int], choices: Choices, by: Actor, at: datetime
) -> ImportBatch:
    """Say what the columns mean and how lines are to be booked; the check can begin.

    Raises WrongState, OtherBeingRead.
    """
    row = _take(batch, (BatchState.UPLOADED, BatchState.READY, BatchState.FAILED))
    if row.started_at or not row.sample:
        raise WrongState
    _refuse_second_reader(row)
    row.columns, row.choices = dict(columns), choices.as_json()
    row.state, row.position, row.total = BatchState.CHECKING, 0, row.format["lines"]
    row.report, row.error, row.error_line, row.heartbeat_at = {}, "", None, at
    row.save()
    audit.record(verb="import.checked", by=by, at=at, business=row.business, obj=row)
    return row


@transaction.atomic
def reconsider(*, batch: ImportBatch, by: Actor, at: datetime) -> ImportBatch:
    """Go back to the columns, also while the check is running. Raises WrongState once booking has begun.

    A file that was uploaded before first rows were kept is looked into once more.
    """
    row = _take(batch, (*UNBOOKED, BatchState.FAILED))
    if row.started_at or not row.file:
        raise WrongState
    row.state, row.heartbeat_at = BatchState.UPLOADED if row.sample else BatchState.READING, at
    row.save(update_fields=["state", "heartbeat_at"])
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
def undo(*, batch: ImportBatch, by: Actor, at: datetime, cancel_vouchers: bool = False) -> ImportBatch:
    """Begin to take back all that an import has booked. Raises WrongState, OtherRunning.

    cancel_vouchers: unused vouchers that were paid with what it awarded are cancelled first. Otherwise they stay good,
    and what they cost is owed.
    """
    row = _take(batch, (BatchState.DONE, BatchState.CANCELLED, BatchState.FAILED))
    if not row.started_at:
        raise WrongState
    _refuse_second(row)
    row.state, row.position, row.heartbeat_at, row.finished_at = BatchState.UNDOING, 0, at, None
    row.total = Sale.objects.filter(batch=row, undone_at=None).count()
    row.error, row.cancels_vouchers = "", cancel_vouchers
    row.save()
    audit.record(
        verb="import.undo_started", by=by, at=at, business=row.business, obj=row, sales=row.total,
        cancel_vouchers=cancel_vouchers,
    )  # fmt: skip
    return row


@transaction.atomic
def discard(*, batch: ImportBatch, by: Actor, at: datetime) -> None:
    """Throw away an upload of which nothing is booked, with its file. Raises WrongState."""
    row = _take(batch, (*UNBOOKED, BatchState.READING, BatchState.FAILED))
    if row.started_at:
        raise WrongState
    audit.record(verb="import.discarded", by=by, at=at, business=row.business, obj=row)
    transaction.on_commit(lambda: _remove_files(row))
    ImportBatch.objects.filter(pk=row.pk).delete()


@transaction.atomic
def remove_file(*, batch: ImportBatch, by: Actor, at: datetime) -> ImportBatch:
    """Remove the file of an import that has come to its end; what it recorded stays. Raises WrongState."""
    row = _take(batch, (BatchState.DONE, BatchState.UNDONE))
    if not row.file:
        raise WrongState
    audit.record(verb="import.file_removed", by=by, at=at, business=row.business, obj=row)
    gone = ImportBatch.objects.get(pk=row.pk)
    transaction.on_commit(lambda: _remove_files(gone))
    row.file = ""
    row.save(update_fields=["file"])
    return row


def fail(*, batch_id: int, error: str, at: datetime, line: int | None = None) -> None:
    """Note that the work on a batch cannot go on. What is booked stays booked."""
    ImportBatch.objects.filter(pk=batch_id, state__in=AT_WORK).update(
        state=BatchState.FAILED, error=error, error_line=line, finished_at=at
    )


def drop_unread(*, batch_id: int) -> None:
    """Remove the file of a batch that could not be looked into: nothing can be done with it, and it takes room."""
    row = ImportBatch.objects.filter(pk=batch_id, state=BatchState.FAILED, started_at=None, total=0).first()
    if row:
        _remove_files(row)
        row.save(update_fields=["file"])


def revive(*, at: datetime, is_gone: Callable[[str], bool] = lambda worker: False) -> list[ImportBatch]:
    """Return the batches at work that nobody works at, each to one caller.

    They have given no sign of life for a while, or their worker is_gone, by its name.
    """
    found = []
    for row in ImportBatch.objects.filter(state__in=AT_WORK).order_by("pk").defer("sample", "report"):
        silent = row.heartbeat_at is None or row.heartbeat_at < at - SILENCE
        if not silent and not (row.worker and is_gone(row.worker)):
            continue
        mine = ImportBatch.objects.filter(pk=row.pk, heartbeat_at=row.heartbeat_at, worker=row.worker)
        if mine.update(heartbeat_at=at, worker=""):
            found.append(row)
    return found


def take_up(*, batch_id: int, worker: str, at: datetime) -> None:
    """Note who works at a batch, as a sign of life."""
    ImportBatch.objects.filter(pk=batch_id, state__in=AT_WORK).update(worker=worker, heartbeat_at=at)


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
    if not row.file:
        return
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


def _refuse_second_reader(row: ImportBatch) -> None:
    """Files are read one at a time: each costs a process."""
    Business.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.business_id)
    if ImportBatch.objects.filter(business=row.business_id, state__in=READ).exclude(pk=row.pk).exists():
        raise OtherBeingRead


def _refuse_second(row: ImportBatch) -> None:
    """Two imports at once would each find the other's receipts half known."""
    Business.objects.select_for_update().get(pk=row.business_id)
    busy = (BatchState.RUNNING, BatchState.UNDOING)
    if ImportBatch.objects.filter(business=row.business_id, state__in=busy).exclude(pk=row.pk).exists():
        raise OtherRunning
