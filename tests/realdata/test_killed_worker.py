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


def start_worker(folder: Path) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    surroundings = {
        "REGULARS_MODE": "development", "DEBUG": "false", "DATA_DIR": str(folder), "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings", "PATH": os.environ["PATH"],
    }  # fmt: skip
    command = ["manage.py", "db_worker", "--queue-name", schedule.HEAVY, "--interval", "0.05", "--no-startup-delay"]
    return subprocess.Popen([sys.executable, *command, "--no-reload"], cwd=ROOT, env=surroundings)


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
