"""Reading a whole file before anything is booked: the stage with its receipts in order, and the report."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from loyalty.domain.imports.batches import fail
from loyalty.engine.amounts import currency_digits
from loyalty.engine.imports.columns import Field
from loyalty.engine.imports.files import NotReadable
from loyalty.engine.imports.report import summarise
from loyalty.engine.imports.rows import Choices, Refused, RowReader
from loyalty.engine.imports.stage import Stage, StageWriter
from loyalty.engine.imports.table import NumberedRow, numbered_rows
from loyalty.models import BatchState, ImportBatch
from loyalty.queries import imports as known

BEAT = 10_000
"""Rows between two signs of life."""

type Clock = Callable[[], datetime]


class TakenAway(Exception):
    """The batch is no longer being checked: its owner went back, or threw it away."""


def check(batch: ImportBatch, clock: Clock) -> None:
    """Read the file, put its receipts in order and store what was found; the batch is then ready, or has failed."""
    try:
        write_stage(batch, clock)
        with Stage(known.stage_path(batch)) as stage:
            _mark_known(batch, stage)
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
    """Make the stage of a batch from its file, anew. Raises NotReadable."""
    columns = {Field(name): number for name, number in batch.columns.items()}
    choices = Choices.from_json(batch.choices)
    reader = RowReader(
        columns, choices, zone=ZoneInfo(batch.business.time_zone), digits=currency_digits(batch.business.currency),
        latest=batch.uploaded_at,
    )  # fmt: skip
    path = known.stage_path(batch)
    with (
        Path(batch.file.path).open("rb") as content,
        StageWriter(path, numbered=Field.RECEIPT in columns, repeats=choices.repeats) as writer,
    ):
        _gather(numbered_rows(content, known.file_format(batch)), reader, writer, _beat(batch, clock))
        writer.finish()


def _gather(rows: Iterable[NumberedRow], reader: RowReader, writer: StageWriter, beat: Callable[[int], None]) -> None:
    for count, (line, cells) in enumerate(rows):
        if count % BEAT == 0:
            beat(count)
        try:
            writer.add(reader.read(line, cells))
        except Refused as refused:
            writer.refuse(refused)


def _beat(batch: ImportBatch, clock: Clock) -> Callable[[int], None]:
    """Return what tells the batch's row how far the reading is; while it runs, only that it goes on."""

    def beat(count: int) -> None:
        changes = {"heartbeat_at": clock()} | ({"position": count} if batch.state == BatchState.CHECKING else {})
        if not ImportBatch.objects.filter(pk=batch.pk, state=batch.state).update(**changes):
            raise TakenAway

    return beat


def _mark_known(batch: ImportBatch, stage: Stage) -> None:
    """Note in the stage which receipts are in the books, and which purchases are there with another total."""
    for heads in stage.heads():
        totals = {number: amount for number, is_return, amount in heads if not is_return}
        booked = known.known_sales(batch.business, totals, numbered=stage.is_numbered)
        same = {number for number, total in booked.items() if total == totals[number]}
        stage.mark_known(same, is_return=False, how="same")
        stage.mark_known(booked.keys() - same, is_return=False, how="other")
        returned = known.known_returns(batch.business, [number for number, is_return, _ in heads if is_return])
        stage.mark_known(returned, is_return=True, how="same")
