"""Reading a file before anything is booked: first its head, then all of it, put in order in a stage, with a report."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.imports import reading
from loyalty.domain.imports.batches import drop_unread, fail
from loyalty.engine.amounts import currency_digits
from loyalty.engine.imports.files import NotReadable
from loyalty.engine.imports.reading import Beat, Order
from loyalty.engine.imports.report import summarise
from loyalty.engine.imports.stage import Stage
from loyalty.models import BatchState, ImportBatch
from loyalty.queries import imports as known

READ = (BatchState.READING, BatchState.CHECKING)
"""States in which the position says how many rows were read."""

type Clock = Callable[[], datetime]


class TakenAway(Exception):
    """The batch is no longer being read or checked: its owner went back, or threw it away."""


def look(batch: ImportBatch, clock: Clock) -> None:
    """Find out what a file is and keep its first rows; its columns can then be named, or the batch has failed."""
    try:
        found = reading.read(Order(path=batch.file.path), _beat(batch, clock))
    except NotReadable as error:
        fail(batch_id=batch.pk, error=error.reason, line=error.line, at=clock())
        drop_unread(batch_id=batch.pk)
    except TakenAway:
        return
    else:
        sample = {"names": found["names"], "rows": found["rows"]}
        ImportBatch.objects.filter(pk=batch.pk, state=BatchState.READING).update(
            state=BatchState.UPLOADED, format=found["format"], sample=sample, position=0, heartbeat_at=clock()
        )


def check(batch: ImportBatch, clock: Clock) -> None:
    """Read the file, put its receipts in order and store what was found; the batch is then ready, or has failed."""
    try:
        write_stage(batch, clock)
        with Stage(known.stage_path(batch)) as stage:
            _mark_known(batch, stage, _beat(batch, clock))
            customers = sum(known.count_customers(batch.business, numbers) for numbers in stage.customers())
            report = summarise(stage, known_customers=customers)
            total = stage.size
    except NotReadable as error:
        fail(batch_id=batch.pk, error=error.reason, line=error.line, at=clock())
    except TakenAway:
        return
    else:
        ImportBatch.objects.filter(pk=batch.pk, state=BatchState.CHECKING).update(
            state=BatchState.READY, report=report.as_json(), position=0, total=total, heartbeat_at=clock()
        )


def write_stage(batch: ImportBatch, clock: Clock) -> None:
    """Make the stage of a batch from its file, anew. Raises NotReadable and TakenAway."""
    business = batch.business
    order = Order(
        path=batch.file.path, stage=str(known.stage_path(batch)), format=batch.format, columns=batch.columns,
        choices=batch.choices, zone=business.time_zone, digits=currency_digits(business.currency),
        latest=batch.uploaded_at.isoformat(),
    )  # fmt: skip
    reading.read(order, _beat(batch, clock))


def _beat(batch: ImportBatch, clock: Clock) -> Callable[[int], None]:
    """Return what tells the batch's row how far the reading is; while it runs, only that it goes on."""

    def beat(count: int) -> None:
        changes = {"heartbeat_at": clock()} | ({"position": count} if batch.state in READ else {})
        if not ImportBatch.objects.filter(pk=batch.pk, state=batch.state).update(**changes):
            raise TakenAway

    return beat


def _mark_known(batch: ImportBatch, stage: Stage, beat: Beat) -> None:
    """Note in the stage which receipts are in the books, and which purchases are there with another total."""
    for heads in stage.heads():
        beat(batch.total)
        totals = {number: amount for number, is_return, amount in heads if not is_return}
        booked = known.known_sales(batch.business, totals, numbered=stage.is_numbered)
        same = {number for number, total in booked.items() if total == totals[number]}
        stage.mark_known(same, is_return=False, how="same")
        stage.mark_known(booked.keys() - same, is_return=False, how="other")
        returned = known.known_returns(batch.business, [number for number, is_return, _ in heads if is_return])
        stage.mark_known(returned, is_return=True, how="same")
