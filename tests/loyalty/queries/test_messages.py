"""How far a code is, as whoever waits for it is told: by the message and the worker alone."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.domain import jobs, outbox
from loyalty.domain.outbox import Letter
from loyalty.models import OutboxMessage
from loyalty.queries.messages import DISPATCHER, PROMPT, Progress, code_message, codes_are_late, is_silent

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def message() -> OutboxMessage:
    """A code that was just asked for, while the worker is at work."""
    jobs.beat(name=DISPATCHER, at=AT)
    return outbox.queue_code(
        business=None, recipient="mia@example.com", letter=Letter("123456"), purpose="account.login_code", at=AT,
        expires_at=AT + timedelta(minutes=10),
    )  # fmt: skip


def progress(message: OutboxMessage, at: datetime = AT) -> Progress:
    found = code_message(message.public_id, at)
    assert found is not None
    return found.progress


def try_in_vain(message: OutboxMessage) -> None:
    claimed = outbox.claim(message_id=message.pk, at=AT)
    assert claimed is not None
    outbox.note_failure(message=claimed, error="ConnectionRefusedError", at=AT)


def test_a_code_is_queued_for_thirty_seconds_and_late_from_then_on(message):
    jobs.beat(name=DISPATCHER, at=AT + PROMPT)
    assert progress(message, AT + PROMPT - SECOND) is Progress.QUEUED
    assert progress(message, AT + PROMPT) is Progress.LATE


def test_a_code_is_late_at_once_when_the_worker_is_down(message):
    jobs.beat(name=DISPATCHER, at=AT - timedelta(seconds=45))
    assert is_silent(AT)
    assert progress(message) is Progress.LATE


def test_a_code_is_late_at_once_when_the_mail_server_does_not_take_it(message):
    try_in_vain(message)
    assert progress(message) is Progress.LATE


def test_a_code_that_has_left_is_sent_whatever_else(message):
    outbox.note_sent(message=message, at=AT)
    assert progress(message, AT + timedelta(hours=1)) is Progress.SENT


def test_a_code_that_was_refused_or_is_too_late_has_failed(message):
    assert progress(message, message.expires_at) is Progress.FAILED
    outbox.note_refused(message=message)
    assert progress(message) is Progress.FAILED


def test_only_codes_are_told_of(message):
    other = outbox.queue(business=None, recipient="mia@example.com", letter=Letter("Hi"), purpose="test.hi", at=AT)
    assert code_message(other.public_id, AT) is None


def test_who_asks_for_a_code_is_warned_while_codes_wait_too_long(message):
    assert not codes_are_late(AT + PROMPT - SECOND)
    assert codes_are_late(AT + PROMPT)
    assert not codes_are_late(message.expires_at)
    outbox.note_sent(message=message, at=AT)
    assert not codes_are_late(AT + PROMPT)


def test_it_costs_two_queries(message, django_assert_num_queries):
    with django_assert_num_queries(2):
        progress(message)
