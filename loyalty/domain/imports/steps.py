"""The work of an import, one short piece at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import accumulate, takewhile
from typing import Any

from django.db import IntegrityError, transaction

from loyalty.domain import audit, locks
from loyalty.domain.actors import Actor
from loyalty.domain.imports import purchases, returns, undoing
from loyalty.domain.imports.batches import AT_WORK, fail
from loyalty.domain.imports.check import TakenAway, check, look, write_stage
from loyalty.domain.imports.figures import Figures, add
from loyalty.engine.imports.files import NotReadable
from loyalty.engine.imports.stage import Stage, StagedReceipt
from loyalty.models import BatchState, Channel, ImportBatch
from loyalty.queries.imports import stage_path

PURCHASES_AT_ONCE = 500
LINES_AT_ONCE = 2_000
RETURNS_AT_ONCE = 10
"""Receipts and lines in one transaction: few, so that a till never waits long for its turn to write."""


def step(*, batch_id: int, clock: Callable[[], datetime]) -> bool:
    """Do the next piece of work of a batch, if it has any; return whether more is to be done.

    A piece is one transaction (the check of a file excepted, which books nothing): killed at any moment, or run by
    two workers at once, nothing is booked twice. What goes wrong with the file is noted in the batch.
    """
    batch = (
        ImportBatch.objects.select_related("business", "staff__user", "staff__location", "program")
        .filter(pk=batch_id, state__in=AT_WORK)
        .first()
    )
    if batch is None:
        return False
    if batch.state in (BatchState.READING, BatchState.CHECKING):
        (look if batch.state == BatchState.READING else check)(batch, clock)
        return False
    if batch.state == BatchState.UNDOING:
        return undoing.undo_next(batch, by=_actor(batch), at=clock())
    return _book_next(batch, clock)


def _actor(batch: ImportBatch) -> Actor:
    staff = batch.staff
    return Actor(
        Channel.IMPORT, user=staff.user if staff else None, staff=staff, location=staff.location if staff else None
    )


def _book_next(batch: ImportBatch, clock: Callable[[], datetime]) -> bool:
    try:
        receipts = _next_receipts(batch, clock)
    except NotReadable as error:
        fail(batch_id=batch.pk, error=error.reason, line=error.line, at=clock())
        return False
    except TakenAway:
        return False
    if not receipts:
        return _finish(batch, clock())
    if receipts[0].is_return:
        some = receipts[:RETURNS_AT_ONCE]
        return _book(batch, some, returns.prepare(batch, some), clock())
    some = _purchases_for_one_piece(receipts)
    return _book(batch, some, purchases.prepare(batch, some), clock())


def _next_receipts(batch: ImportBatch, clock: Callable[[], datetime]) -> list[StagedReceipt]:
    """Return what is to be booked next. A stage that is gone (another machine, a restored backup) is made anew."""
    path = stage_path(batch)
    if not path.exists():
        write_stage(batch, clock)
    with Stage(path) as stage:
        return stage.receipts(batch.position, PURCHASES_AT_ONCE)


def _purchases_for_one_piece(receipts: Sequence[StagedReceipt]) -> list[StagedReceipt]:
    """Return the purchases that come first: at least one, and no more lines than belong in one transaction."""
    lines = accumulate(len(receipt.lines) for receipt in receipts)
    some = takewhile(lambda each: not each[0].is_return, zip(receipts, lines, strict=True))
    return [receipt for number, (receipt, so_far) in enumerate(some) if not number or so_far <= LINES_AT_ONCE]


type Work = Callable[[Actor, datetime], Figures]


def _book(batch: ImportBatch, receipts: Sequence[StagedReceipt], work: Work, at: datetime) -> bool:
    """Book receipts and move the position behind them, together. False when another worker has done it."""
    try:
        return _try_to_book(batch, receipts, work, at)
    except IntegrityError:
        # A till has recorded one of the receipts, or met one of the customers, at the same moment: now it is known.
        return _try_to_book(batch, receipts, work, at)


@locks.atomic
def _try_to_book(batch: ImportBatch, receipts: Sequence[StagedReceipt], work: Work, at: datetime) -> bool:
    if not _move(batch, position=receipts[-1].position, heartbeat_at=at):
        return False
    figures = work(_actor(batch), at)
    ImportBatch.objects.filter(pk=batch.pk).update(counts=add(batch.counts, figures))
    return True


def _move(batch: ImportBatch, **changes: Any) -> bool:
    """Change a running batch, unless it has been stopped or moved by somebody else since it was read."""
    where = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.RUNNING, position=batch.position)
    return bool(where.update(**changes))


@transaction.atomic
def _finish(batch: ImportBatch, at: datetime) -> bool:
    if _move(batch, state=BatchState.DONE, finished_at=at):
        audit.record(
            verb="import.finished", by=_actor(batch), at=at, business=batch.business, obj=batch, **batch.counts
        )
    return False
