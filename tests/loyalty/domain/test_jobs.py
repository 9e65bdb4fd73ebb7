"""Recurring jobs run when they are due, by one worker, and a killed one is run again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from loyalty import schedule, tasks
from loyalty.domain import jobs
from loyalty.models import Job
from loyalty.schedule import JobSpec

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


@pytest.fixture
def spec(monkeypatch):
    runs = []
    spec = JobSpec("water-plants", "Water", timedelta(minutes=15), lambda at: runs.append(at) or {"plants": 3})
    monkeypatch.setattr(schedule, "_registry", {spec.name: spec})
    return spec


def test_a_new_job_is_due_at_once_and_then_by_its_interval(spec):
    assert jobs.due(at=AT) == [spec]
    assert jobs.claim(spec=spec, at=AT)
    jobs.finish(spec=spec, at=AT, result={})
    assert jobs.due(at=AT + timedelta(minutes=14)) == []
    assert jobs.due(at=AT + timedelta(minutes=15)) == [spec]


def test_one_of_two_workers_gets_it(spec):
    jobs.due(at=AT)
    assert [jobs.claim(spec=spec, at=AT), jobs.claim(spec=spec, at=AT)] == [True, False]


def test_a_job_that_is_running_is_not_started_again_for_an_hour(spec):
    jobs.due(at=AT)
    jobs.claim(spec=spec, at=AT)
    assert not jobs.claim(spec=spec, at=AT + timedelta(minutes=45))
    assert jobs.claim(spec=spec, at=AT + timedelta(minutes=61))


def test_the_outcome_is_kept(spec):
    jobs.due(at=AT)
    tasks.run_job.call("water-plants")
    job = Job.objects.get()
    assert (job.result, job.error) == ({"plants": 3}, "")
    assert job.finished_at >= job.started_at


def test_a_failure_is_kept_too(spec, monkeypatch):
    def fail(at):
        raise ValueError("no water")

    broken = JobSpec("water-plants", "Water", timedelta(minutes=15), fail)
    monkeypatch.setattr(schedule, "_registry", {broken.name: broken})
    jobs.due(at=AT)
    tasks.run_job.call("water-plants")
    job = Job.objects.get()
    assert (job.result, job.error) == ({}, "ValueError: no water")


@pytest.fixture
def queues(settings):
    """Queues that are kept in the database, as in an installation."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "bulk", "files"]}}


def handed_on() -> list[tuple[str, str, list[str]]]:
    """Return what waits in the queues: queue, task and what the task is given."""
    waiting = DBTaskResult.objects.order_by("queue_name")
    return [(task.queue_name, task.task_path, task.args_kwargs["args"]) for task in waiting]


def test_the_tick_hands_each_due_job_to_its_queue(spec, queues, monkeypatch):
    heavy = JobSpec("dig", "Dig", timedelta(hours=1), lambda at: {}, schedule.HEAVY)
    monkeypatch.setattr(schedule, "_registry", {spec.name: spec, heavy.name: heavy})
    tasks.tick.call()
    assert handed_on() == [
        ("bulk", "loyalty.tasks.run_job", ["dig"]), ("default", "loyalty.tasks.run_job", ["water-plants"]),
    ]  # fmt: skip


def test_the_tick_hands_on_nothing_that_is_not_due(spec, queues):
    jobs.due(at=timezone.now())
    assert jobs.claim(spec=spec, at=timezone.now())
    tasks.tick.call()
    assert handed_on() == []


def test_a_job_that_another_worker_has_is_left_to_it(monkeypatch):
    runs = []
    spec = JobSpec("water-plants", "Water", timedelta(minutes=15), lambda at: runs.append(at) or {})
    monkeypatch.setattr(schedule, "_registry", {spec.name: spec})
    jobs.due(at=timezone.now())
    assert jobs.claim(spec=spec, at=timezone.now())
    before = Job.objects.values().get()
    tasks.run_job.call("water-plants")
    assert (runs, Job.objects.values().get()) == ([], before)


def test_every_registered_job_runs_on_an_empty_installation(queues):
    jobs.due(at=AT)
    for registered in schedule.jobs():
        tasks.run_job.call(registered.name)
    assert set(Job.objects.values_list("error", flat=True)) == {""}
    assert Job.objects.count() == len(schedule.jobs())
