"""The state of the installation, for the system page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count
from django_tasks_db.models import DBTaskResult

from loyalty import schedule
from loyalty.models import Job, MessageState, OutboxMessage
from loyalty.queries import messages

LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class JobRow:
    """A recurring job as the page shows it; row is None until the worker has seen it."""

    spec: schedule.JobSpec
    row: Job | None
    late: bool

    @property
    def state(self) -> str:
        """failed, running, late, waiting or well."""
        if self.row is None:
            return "waiting"
        if self.row.error:
            return "failed"
        if self.row.started_at and (self.row.finished_at is None or self.row.finished_at < self.row.started_at):
            return "running"
        return "late" if self.late else "well"


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the system page that comes from the database. Six queries."""

    database: str
    jobs: list[JobRow]
    worker_seen_at: datetime | None
    worker_is_late: bool
    messages_are_silent: bool
    codes_are_late: bool
    messages_waiting: int
    messages_failed: int
    messages_held: int
    tasks_waiting: int
    tasks_failed: int
    ledger: dict[str, Any]
    proof: JobRow


def overview(at: datetime) -> Overview:
    """Return the state of jobs, queues and the last proof of the ledger."""
    rows = {job.name: job for job in Job.objects.all()}
    seen = max((job.started_at for job in rows.values() if job.started_at), default=None)
    unsent = OutboxMessage.objects.exclude(state=MessageState.SENT).values_list("state")
    unsent_of, tasks = dict(unsent.annotate(number=Count("pk"))), DBTaskResult.objects
    listed = [
        JobRow(spec, rows.get(spec.name), spec.name in rows and rows[spec.name].next_run_at < at - LATE)
        for spec in schedule.jobs()
    ]
    silent = messages.is_silent(at)
    proof = next(job for job in listed if job.spec.name == "verify-ledger")
    return Overview(
        database=connection.vendor,
        jobs=listed,
        worker_seen_at=seen,
        worker_is_late=seen is None or seen < at - LATE,
        messages_are_silent=silent,
        codes_are_late=not silent and messages.codes_are_late(at),
        messages_waiting=unsent_of.get(MessageState.WAITING, 0),
        messages_failed=unsent_of.get(MessageState.FAILED, 0),
        messages_held=unsent_of.get(MessageState.HELD, 0),
        tasks_waiting=tasks.filter(status="READY").count(),
        tasks_failed=tasks.filter(status="FAILED").count(),
        ledger=proof.row.result if proof.row else {},
        proof=proof,
    )
