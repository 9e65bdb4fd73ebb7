"""Codes have senders of their own: a bulk mailing, or a mail server that hangs, keeps no log-in waiting."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from queue import SimpleQueue
from threading import Event

import pytest
from django.db import OperationalError
from django.utils import timezone

from loyalty.domain import outbox
from loyalty.domain.outbox import Letter
from loyalty.management.dispatcher import CODE_SENDERS, OTHER_SENDERS, Dispatcher
from loyalty.models import Heartbeat, MessagePriority, OutboxMessage
from loyalty.queries.messages import is_silent

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20.0


def bulk() -> int:
    return outbox.queue(
        business=None, recipient="a@example.com", letter=Letter("News."), purpose="test.news", at=timezone.now(),
        priority=MessagePriority.BULK,
    ).pk  # fmt: skip


def code() -> int:
    return outbox.queue_code(
        business=None, recipient="b@example.com", letter=Letter("123456"), purpose="test.code", at=timezone.now(),
        expires_at=timezone.now() + timedelta(minutes=10),
    ).pk  # fmt: skip


class Hanging:
    """A mail server that takes a message and answers nothing until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = SimpleQueue[int](), Event()

    def send(self, message_id: int) -> None:
        self.begun.put(message_id)
        self.let_go.wait(PATIENCE)

    def next(self, number: int) -> list[int]:
        return sorted(self.begun.get(timeout=PATIENCE) for _ in range(number))


@pytest.fixture
def server() -> Iterator[Hanging]:
    hanging = Hanging()
    yield hanging
    hanging.let_go.set()


@contextmanager
def dispatching(send: Callable[[int], object]) -> Iterator[Dispatcher]:
    dispatcher = Dispatcher(interval=0.0, send=send)
    yield dispatcher
    dispatcher.stop()


def test_a_code_leaves_while_a_bulk_mailing_fills_every_other_sender(server: Hanging):
    news = [bulk() for _ in range(50)]
    with dispatching(server.send) as dispatcher:
        assert dispatcher.look() == OTHER_SENDERS
        assert server.next(OTHER_SENDERS) == news[:OTHER_SENDERS]
        waiting = code()
        assert dispatcher.look() == 1
        assert server.next(1) == [waiting]
        assert dispatcher.look() == 0


def test_no_more_are_handed_out_than_can_be_sent_and_none_twice(server: Hanging):
    codes = [code() for _ in range(CODE_SENDERS + 3)]
    with dispatching(server.send) as dispatcher:
        assert dispatcher.look() == CODE_SENDERS
        assert server.next(CODE_SENDERS) == codes[:CODE_SENDERS]
        assert dispatcher.look() == 0


def test_what_waits_is_sent_until_nothing_waits():
    sent: SimpleQueue[int] = SimpleQueue()

    def send(message_id: int) -> None:
        outbox.note_sent(message=OutboxMessage.objects.get(pk=message_id), at=timezone.now())
        sent.put(message_id)

    rows = [bulk() for _ in range(5)] + [code() for _ in range(12)]
    with dispatching(send) as dispatcher:
        found = []
        while len(found) < len(rows):
            dispatcher.look()
            while not sent.empty():
                found.append(sent.get())
        while not all(lane.idle() for lane in dispatcher.lanes):
            dispatcher.stopped.wait(0.01)
    assert sorted(found) == sorted(rows)


def test_a_message_that_cannot_be_worked_on_leaves_its_sender_free():
    tried: SimpleQueue[int] = SimpleQueue()

    def fail(message_id: int) -> None:
        tried.put(message_id)
        raise OperationalError

    waiting = code()
    with dispatching(fail) as dispatcher:
        for _ in range(CODE_SENDERS + 1):
            while not dispatcher.look():
                dispatcher.stopped.wait(0.01)
            assert tried.get(timeout=PATIENCE) == waiting


def test_it_keeps_a_pulse_by_which_pages_know_that_messages_leave():
    assert is_silent(timezone.now())
    with dispatching(lambda message_id: None) as dispatcher:
        dispatcher.look()
        dispatcher.look()
    beat = Heartbeat.objects.get()
    assert not is_silent(beat.at + timedelta(seconds=44))
    assert is_silent(beat.at + timedelta(seconds=45))


def test_it_ends_when_it_is_told_to():
    dispatcher = Dispatcher(interval=0.0, send=lambda message_id: None)
    dispatcher.stop()
    dispatcher.run()
    assert not Heartbeat.objects.exists()
