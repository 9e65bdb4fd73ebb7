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

from loyalty import presence
from loyalty.management.dispatcher import Dispatcher
from loyalty.schedule import FILES, HEAVY, LIGHT
from loyalty.tasks import revive_imports, tick

TICK_SECONDS = 60
REVIVE_SECONDS = 10
"""Between two looks for imports whose worker is gone: with the silence that shows it, less than a minute."""
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


def revive_for_ever() -> None:
    """Go on with imports that a worker left behind, at once when this one starts, and then every few seconds."""
    while True:
        close_old_connections()
        revive_imports()
        time.sleep(REVIVE_SECONDS)


class Command(BaseCommand):
    help = "Do the background work: mails, imports, expiry. Stops on Ctrl-C or SIGTERM after the task at hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks for work")

    def handle(self, *, interval: float, **options: Any) -> None:
        presence.forget_the_dead()
        light, *others = (self._worker(queue, interval) for queue in (LIGHT, HEAVY, FILES))
        dispatcher = Dispatcher(interval=interval)
        light.configure_signals()
        aside = [Thread(target=outlast, args=[worker.run], daemon=True) for worker in others]
        for loop in (*aside, *self._loops(dispatcher)):
            loop.start()
        try:
            outlast(light.run)
        finally:
            dispatcher.stop()
            for worker in others:
                worker.running = False
            for thread in aside:
                thread.join(timeout=10)

    def _loops(self, dispatcher: Dispatcher) -> list[Thread]:
        """Return what goes on beside the queues: messages, the tick, the look for imports that nobody works at."""
        loops = (dispatcher.run, self._tick_for_ever, revive_for_ever)
        return [Thread(target=outlast, args=[loop], daemon=True) for loop in loops]

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
