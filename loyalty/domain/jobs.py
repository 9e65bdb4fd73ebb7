"""Running the recurring jobs: each is claimed by one worker at a time, and its outcome is kept."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from loyalty import schedule
from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.models import Heartbeat, Job

STALE = timedelta(hours=1)


def due(*, at: datetime) -> list[schedule.JobSpec]:
    """Return the jobs that should run now, making the rows of new ones."""
    known = dict(Job.objects.values_list("name", "next_run_at"))
    fresh = [Job(name=spec.name, next_run_at=at) for spec in schedule.jobs() if spec.name not in known]
    Job.objects.bulk_create(fresh, ignore_conflicts=True)
    return [spec for spec in schedule.jobs() if known.get(spec.name, at) <= at]


def claim(*, spec: schedule.JobSpec, at: datetime) -> bool:
    """Take a due job for this worker; False when another has it. A job that never came back is free after an hour."""
    idle = Q(started_at=None) | Q(finished_at__gte=F("started_at")) | Q(started_at__lt=at - STALE)
    free = Job.objects.filter(idle, name=spec.name, next_run_at__lte=at)
    return bool(free.update(started_at=at, next_run_at=at + spec.every))


def finish(*, spec: schedule.JobSpec, at: datetime, result: dict[str, object], error: str = "") -> None:
    """Keep what came of a run."""
    Job.objects.filter(name=spec.name).update(finished_at=at, result=result, error=error[:2000])


@transaction.atomic
def run_soon(*, job: Job, by: Actor, at: datetime) -> None:
    """Make a job due at once; the worker's next tick runs it."""
    Job.objects.filter(pk=job.pk).update(next_run_at=at)
    audit.record(verb="job.run_by_hand", by=by, at=at, business=None, obj=job, name=job.name)


@transaction.atomic
def run_by_name(*, name: str, by: Actor, at: datetime) -> None:
    """As run_soon, for a job that the worker may not have seen yet."""
    job, _ = Job.objects.get_or_create(name=name, defaults={"next_run_at": at})
    run_soon(job=job, by=by, at=at)


def beat(*, name: str, at: datetime) -> None:
    """Keep that a loop of the worker is at work."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
