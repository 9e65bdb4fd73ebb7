"""manage.py worker: the background worker of an installation, one process."""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable
from threading import Thread
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from loyalty.management.dispatcher import Dispatcher
from loyalty.schedule import HEAVY, LIGHT
from loyalty.tasks import tick

TICK_SECONDS = 60
PAUSE_SECONDS = 2.0

logger = logging.getLogger(__name__)


def outlast(loop: Callable[[], None]) -> None:
    """Run a loop to its end, and start it again after each time that the database was away."""
    while True:
        try:
            loop()
        except (OperationalError, InterfaceError) as error:
            logger.warning("the database does not answer, trying again: %s", error)
            connection.close()
            time.sleep(PAUSE_SECONDS)
        else:
            return


class Command(BaseCommand):
    help = "Do the background work: mails, imports, expiry. Stops on Ctrl-C or SIGTERM after the task at hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks for work")

    def handle(self, *, interval: float, **options: Any) -> None:
        heavy, light = self._worker(HEAVY, interval), self._worker(LIGHT, interval)
        dispatcher = Dispatcher(interval=interval)
        light.configure_signals()
        aside = Thread(target=outlast, args=[heavy.run], daemon=True)
        aside.start()
        Thread(target=outlast, args=[dispatcher.run], daemon=True).start()
        Thread(target=outlast, args=[self._tick_for_ever], daemon=True).start()
        try:
            outlast(light.run)
        finally:
            dispatcher.stop()
            heavy.running = False
            aside.join(timeout=10)

    def _worker(self, queue: str, interval: float) -> Worker:
        return Worker(
            queue_names=[queue],
            interval=interval,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    def _tick_for_ever(self) -> None:
        while True:
            close_old_connections()
            tick.enqueue()
            time.sleep(TICK_SECONDS)
