"""Sends what is due in the outbox, straight from its rows: codes first, and on threads that nothing else may use."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from queue import SimpleQueue
from threading import Event, Lock, Thread

from django.db import close_old_connections
from django.utils import timezone

from loyalty.domain import jobs, outbox
from loyalty.queries.messages import DISPATCHER
from loyalty.tasks import send_message

CODE_SENDERS = 8
OTHER_SENDERS = 2
"""Threads that send at the same time: a mail server that is slow to answer holds one thread for each message."""
PULSE = timedelta(seconds=10)

logger = logging.getLogger(__name__)


class Lane:
    """Some threads that send messages of one kind. They end with the process, in the middle of a message if need be."""

    def __init__(self, *, codes: bool, senders: int, send: Callable[[int], object]) -> None:
        self.codes, self.senders, self.send = codes, senders, send
        self.busy: set[int] = set()
        self.lock, self.handed = Lock(), SimpleQueue[int]()
        for _ in range(senders):
            Thread(target=self._work, daemon=True).start()

    def fill(self) -> int:
        """Hand out as many due messages as threads are free; return how many."""
        with self.lock:
            busy = set(self.busy)
        free = self.senders - len(busy)
        due = outbox.due_ids(at=timezone.now(), limit=free, codes=self.codes, besides=busy) if free else []
        for message_id in due:
            with self.lock:
                self.busy.add(message_id)
            self.handed.put(message_id)
        return len(due)

    def idle(self) -> bool:
        """Return whether no thread has a message."""
        with self.lock:
            return not self.busy

    def _work(self) -> None:
        while True:
            message_id = self.handed.get()
            close_old_connections()
            try:
                self.send(message_id)
            except Exception as error:  # noqa: BLE001 - the message is due again when its claim has run out
                logger.warning("a message was left where it is: %s", type(error).__name__)
            finally:
                close_old_connections()
                with self.lock:
                    self.busy.discard(message_id)


class Dispatcher:
    """Looks for due messages again and again, and keeps a pulse by which pages know that it does."""

    def __init__(self, *, interval: float, send: Callable[[int], object] = send_message.call) -> None:
        self.interval, self.stopped = interval, Event()
        self.lanes = (
            Lane(codes=True, senders=CODE_SENDERS, send=send),
            Lane(codes=False, senders=OTHER_SENDERS, send=send),
        )
        self.next_beat = 0.0

    def run(self) -> None:
        """Look until told to stop. Raises what the database raises; begin again with the same dispatcher."""
        while not self.stopped.is_set():
            close_old_connections()
            self.look()
            self.stopped.wait(self.interval)

    def look(self) -> int:
        """Hand out what is due, and keep the pulse; return how many messages were handed out."""
        if time.monotonic() >= self.next_beat:
            jobs.beat(name=DISPATCHER, at=timezone.now())
            self.next_beat = time.monotonic() + PULSE.total_seconds()
        return sum(lane.fill() for lane in self.lanes)

    def stop(self) -> None:
        """Hand out nothing more."""
        self.stopped.set()
