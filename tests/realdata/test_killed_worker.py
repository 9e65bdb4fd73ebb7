"""kill -9 of a real worker in the middle of an import: another one goes on to the same rows."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from loyalty import schedule
from loyalty.domain import imports
from loyalty.models import BatchState, ImportBatch
from loyalty.tasks import revive_imports
from tests.laws.tree import ROOT
from tests.loyalty.imports import booked
from tests.realdata.conftest import open_gift_shop
from tests.realdata.data import retail_slice
from tests.uploads import kept_in

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 120.0


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Iterator[Path]:
    """Files and tasks where a worker of its own process finds them."""
    queues = ["default", schedule.HEAVY, schedule.FILES]
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": queues}}
    with kept_in(tmp_path / "private", "private"):
        yield tmp_path


def start_worker(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    surroundings = {
        "REGULARS_MODE": "development", "DEBUG": "false", "DATA_DIR": str(folder), "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "x" * 50, "PATH": os.environ["PATH"],
    }  # fmt: skip
    queue = ("db_worker", "--queue-name", schedule.HEAVY, "--interval", "0.05", "--no-startup-delay", "--no-reload")
    return subprocess.Popen([sys.executable, "manage.py", *(command or queue)], cwd=ROOT, env=surroundings)


def wait_for(batch: ImportBatch, worker: subprocess.Popen[bytes], reached: Callable[[ImportBatch], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached(batch):
        assert worker.poll() is None, "the worker has ended by itself"
        assert time.monotonic() < end, f"still {batch.state} at {batch.position} of {batch.total}"
        time.sleep(0.02)
        batch.refresh_from_db()


def figures(batch: ImportBatch) -> dict[str, object]:
    """What a batch has booked, without the ids of its business's units."""
    return {name: list(of.values()) if isinstance(of, dict) else of for name, of in batch.counts.items()}


def test_a_killed_worker_is_followed_by_another_to_the_same_rows(folder: Path, client: Client) -> None:
    content = retail_slice(900).encode()
    untouched = open_gift_shop(client, "untouched")
    whole = untouched.upload("slice.csv", content, return_prefix="C")
    untouched.press("start", whole)
    untouched.finish(whole)

    killed = open_gift_shop(client, "killed")
    batch = killed.upload("slice.csv", content, return_prefix="C")
    killed.press("start", batch)
    for point in (0.3, 0.95):
        worker = start_worker(folder)
        try:
            wait_for(batch, worker, lambda row, point=point: row.position >= row.total * point)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        assert batch.state == BatchState.RUNNING
        assert killed.faults() == []
        assert revive_imports() == 1

    last = start_worker(folder)
    try:
        wait_for(batch, last, lambda row: row.state == BatchState.DONE)
    finally:
        last.terminate()
        last.wait()
    assert batch.counts == {
        **whole.counts,
        "awarded": batch.counts["awarded"],
        "taken_back": batch.counts["taken_back"],
    }
    assert list(batch.counts["awarded"].values()) == list(whole.counts["awarded"].values())
    assert booked(killed.role.business) == booked(untouched.role.business)
    assert killed.faults() == []


def test_a_worker_that_is_killed_and_started_again_goes_on_at_once(folder: Path, client: Client) -> None:
    content = retail_slice(900).encode()
    owner = open_gift_shop(client, "restarted")
    batch = owner.upload("slice.csv", content, return_prefix="C")
    owner.press("start", batch)
    worker = start_worker(folder, "worker", "--interval=0.05")
    try:
        wait_for(batch, worker, lambda row: row.position > 0)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    batch.refresh_from_db()
    assert batch.state == BatchState.RUNNING
    position, killed = batch.position, time.monotonic()
    again = start_worker(folder, "worker", "--interval=0.05")
    try:
        wait_for(batch, again, lambda row: row.position > position)
        waited = time.monotonic() - killed
        wait_for(batch, again, lambda row: row.state == BatchState.DONE)
    finally:
        again.terminate()
        again.wait()
    # Most of it is the start of a process; silence alone would show after half a minute.
    assert waited < imports.SILENCE.total_seconds()
    assert owner.faults() == []
