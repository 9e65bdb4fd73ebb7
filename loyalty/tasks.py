"""Work for the background worker: ids in, load, one domain call or one sender."""

import logging
import os
import time
from functools import partial

from django.db import OperationalError
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from loyalty import presence, schedule, senders
from loyalty.domain import announcements, imports, jobs, outbox
from loyalty.models import ImportBatch, PolicyReturn

logger = logging.getLogger(__name__)

BREATH = 0.1 if os.name == "nt" else 0.01
"""Seconds between two pieces of an import, or of what expires: a till that waits for its turn on SQLite looks
more often.

On Windows, where nobody takes turns, it looks every tenth of a second."""


@task()
def send_message(message_id: int) -> None:
    """Send one message of the outbox, unless it is sent or another worker's; a failure is tried again later.

    The dispatcher calls it. It is a task for the rows of those that were enqueued before there was a dispatcher.
    """
    message = outbox.claim(message_id=message_id, at=timezone.now())
    if message is None:
        return
    try:
        senders.send(message)
    except senders.RecipientRefused:
        logger.warning("message %s was not sent: its recipient is refused", message.public_id)
        outbox.note_refused(message=message)
    except Exception as error:  # noqa: BLE001 - any failure of a channel is kept and tried again
        logger.warning("message %s was not sent: %s", message.public_id, type(error).__name__)
        outbox.note_failure(message=message, error=type(error).__name__, at=timezone.now())
    else:
        outbox.note_sent(message=message, at=timezone.now())


@task()
def tick() -> None:
    """Once a minute: hand every due job to its queue."""
    for spec in jobs.due(at=timezone.now()):
        run_job.using(queue_name=spec.queue).enqueue(spec.name)


@task()
def run_job(name: str) -> None:
    """Run one recurring job, unless another worker does; keep its figures or its error."""
    spec = schedule.job(name)
    if not jobs.claim(spec=spec, at=timezone.now()):
        return
    try:
        result = dict(spec.run(timezone.now()))
    except Exception as error:
        logger.exception("job %s failed", name)
        jobs.finish(spec=spec, at=timezone.now(), result={}, error=f"{type(error).__name__}: {error}")
    else:
        jobs.finish(spec=spec, at=timezone.now(), result=result)


def wake(batch: ImportBatch) -> None:
    """Let the worker go on with an import that has work to do; reading does not wait behind the booking of others."""
    if batch.state not in imports.AT_WORK:
        return
    work_on_import.using(queue_name=_queue_for(batch)).enqueue(batch.pk)


def _queue_for(batch: ImportBatch) -> str:
    return schedule.FILES if batch.state in imports.READ else schedule.HEAVY


def revive_imports() -> int:
    """Go on with imports that nobody works at; return how many. One that waits for its turn is left to wait."""
    found = imports.revive(at=timezone.now(), is_gone=presence.is_gone)
    waiting = DBTaskResult.objects.ready().filter(task_path=work_on_import.module_path)
    queued = {(task.queue_name, task.args_kwargs["args"][0]) for task in waiting} if found else set()
    revived = [batch for batch in found if (_queue_for(batch), batch.pk) not in queued]
    for batch in revived:
        wake(batch)
    return len(revived)


@task(queue_name=schedule.HEAVY)
def work_on_import(batch_id: int) -> None:
    """Check, book or undo an import, piece by piece, until there is nothing more to do.

    What the database refuses for the moment (busy, full) the tick tries again; any other fault stops the import.
    """
    imports.take_up(batch_id=batch_id, worker=presence.own_name(), at=timezone.now())
    try:
        while imports.step(batch_id=batch_id, clock=timezone.now):
            time.sleep(BREATH)
    except OperationalError:
        raise
    except Exception:
        imports.fail(batch_id=batch_id, error="fault", at=timezone.now())
        raise


@task(queue_name=schedule.HEAVY)
def carry_out_return(return_id: int) -> None:
    """Book what an act gives back of what a change took; safe to run again, and by two at once."""
    returned = PolicyReturn.objects.select_related("policy__business", "returned_by__user").get(pk=return_id)
    announcements.carry_out(returned, at=timezone.now(), between=partial(time.sleep, BREATH))
