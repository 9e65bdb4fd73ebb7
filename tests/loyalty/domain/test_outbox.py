"""A message leaves after its transaction, at least once, with patience, and its address is not kept for ever."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone

from loyalty import senders, tasks
from loyalty.domain import outbox
from loyalty.domain.actors import SYSTEM
from loyalty.domain.outbox import Letter
from loyalty.models import MessageChannel, MessagePriority, MessageState, OutboxMessage

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def queued(channel: MessageChannel = MessageChannel.EMAIL, **more) -> OutboxMessage:
    letter = Letter("Your code is 123456.", subject="Your code", headers={"X-Purpose": "code"})
    recipient = "mia@example.com" if channel == MessageChannel.EMAIL else "+3612345678"
    given = {"business": None, "recipient": recipient, "letter": letter, "purpose": "test.code", "at": AT}
    return outbox.queue(**given, channel=channel, **more)


def coded(**more) -> OutboxMessage:
    letter = Letter("Your code is 123456.", subject="123456 is your code", html="<p>123456</p>")
    given = {"business": None, "recipient": "mia@example.com", "letter": letter, "purpose": "test.code", "at": AT}
    return outbox.queue_code(**given | {"expires_at": AT + timedelta(minutes=10)} | more)


def said(message: OutboxMessage) -> tuple:
    message.refresh_from_db()
    return (message.subject, message.body, message.html, message.headers)


def test_what_is_rolled_back_never_leaves():
    with transaction.atomic():
        queued()
        transaction.set_rollback(True)
    assert outbox.due_ids(at=AT) == []


def test_a_mail_is_sent_once_with_its_stable_id():
    message = queued()
    tasks.send_message.call(message.pk)
    tasks.send_message.call(message.pk)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["mia@example.com"], "Your code", "Your code is 123456.")
    assert sent.extra_headers == {"Message-ID": f"<{message.public_id}@localhost>", "X-Purpose": "code"}
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.SENT, 1)


def test_an_sms_without_a_gateway_is_kept_in_a_file_outside_production(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    tasks.send_message.call(queued(MessageChannel.SMS).pk)
    (file,) = (tmp_path / "sms").iterdir()
    assert file.read_text() == "To: +3612345678\n\nYour code is 123456.\n"


def test_an_sms_without_a_gateway_waits_in_production(settings):
    settings.PRODUCTION = True
    message = queued(MessageChannel.SMS)
    tasks.send_message.call(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (MessageState.WAITING, 1, "NoGateway")


def test_a_failure_is_tried_again_later_and_later_until_it_has_failed():
    message = queued()
    waits = []
    at = AT
    for _ in range(len(outbox.BACK_OFF)):
        claimed = outbox.claim(message_id=message.pk, at=at)
        outbox.note_failure(message=claimed, error="Refused", at=at)
        message.refresh_from_db()
        waits.append(message.next_attempt_at - at)
        at = message.next_attempt_at
    assert waits == list(outbox.BACK_OFF)
    outbox.note_failure(message=outbox.claim(message_id=message.pk, at=at), error="Refused", at=at)
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert outbox.claim(message_id=message.pk, at=at + timedelta(days=2)) is None


def test_two_workers_never_have_one_message_and_a_killed_one_gives_it_free():
    message = queued()
    assert outbox.claim(message_id=message.pk, at=AT) == message
    assert outbox.claim(message_id=message.pk, at=AT) is None
    assert outbox.due_ids(at=AT + timedelta(minutes=1)) == []
    assert outbox.due_ids(at=AT + outbox.CLAIM) == [message.pk]


def test_old_messages_are_thrown_away_and_waiting_ones_kept():
    sent, waiting = queued(), queued()
    outbox.note_sent(message=sent, at=AT)
    assert outbox.clean(at=AT + timedelta(days=30)) == 0
    assert outbox.clean(at=AT + timedelta(days=30, seconds=1)) == 1
    assert list(OutboxMessage.objects.all()) == [waiting]


def test_what_a_backup_brought_back_leaves_only_when_somebody_says_so():
    message = queued()
    assert outbox.hold_waiting(at=AT) == 1
    tasks.send_message.call(message.pk)
    assert mail.outbox == []
    assert outbox.due_ids(at=AT + timedelta(days=1)) == []
    outbox.try_again(message=message, by=SYSTEM, at=AT)
    tasks.send_message.call(message.pk)
    assert len(mail.outbox) == 1
    assert outbox.hold_waiting(at=AT) == 0


def test_what_held_a_secret_is_blank_once_that_is_dead():
    sent, waiting, young = queued(), queued(), queued()
    outbox.note_sent(message=sent, at=AT)
    OutboxMessage.objects.filter(pk=young.pk).update(created_at=AT + timedelta(minutes=1))
    assert outbox.forget(purposes="other.", before=AT + timedelta(days=1)) == 0
    assert outbox.forget(purposes="test.", before=AT + timedelta(minutes=1)) == 2
    assert outbox.forget(purposes="test.", before=AT + timedelta(minutes=1)) == 0
    rows = OutboxMessage.objects.order_by("pk").values_list("recipient", "subject", "body", "html", "headers", "state")
    blank = ("mia@example.com", "", "", "", {})
    assert list(rows[:2]) == [(*blank, MessageState.SENT), (*blank, MessageState.FAILED)]
    assert rows[2][2] == "Your code is 123456."
    with pytest.raises(outbox.Forgotten):
        outbox.try_again(message=waiting, by=SYSTEM, at=AT)
    waiting.refresh_from_db()
    assert waiting.state == MessageState.FAILED


def test_codes_leave_first_then_the_rest_and_bulk_last():
    bulk = [queued(priority=MessagePriority.BULK) for _ in range(3)]
    normal, code = queued(), coded()
    later = coded(at=AT + timedelta(seconds=1))
    at = AT + timedelta(seconds=1)
    assert outbox.due_ids(at=at) == [row.pk for row in (code, later, normal, *bulk)]
    assert outbox.due_ids(at=at, codes=True) == [code.pk, later.pk]
    assert outbox.due_ids(at=at, codes=False, limit=2, besides={normal.pk}) == [bulk[0].pk, bulk[1].pk]


def test_a_code_that_has_left_is_not_kept():
    message = coded()
    with time_machine.travel(AT, tick=False):
        tasks.send_message.call(message.pk)
    assert mail.outbox[0].subject == "123456 is your code"
    assert said(message) == ("", "", "", {})
    assert message.state == MessageState.SENT


def test_what_is_no_secret_is_kept_when_it_has_left():
    message = queued()
    tasks.send_message.call(message.pk)
    assert said(message)[1] == "Your code is 123456."


@pytest.mark.parametrize("late", [timedelta(), timedelta(days=1)])
def test_a_code_is_not_sent_when_it_has_expired(late: timedelta):
    message = coded()
    with time_machine.travel(message.expires_at + late, tick=False):
        tasks.send_message.call(message.pk)
    assert mail.outbox == []
    assert said(message) == ("", "", "", {})
    assert (message.state, message.error, message.attempts) == (MessageState.FAILED, "too late", 0)


def test_a_code_leaves_in_the_last_second():
    message = coded()
    with time_machine.travel(message.expires_at - timedelta(seconds=1), tick=False):
        tasks.send_message.call(message.pk)
    assert len(mail.outbox) == 1


def test_a_code_is_tried_again_within_seconds_and_never_after_it_expired():
    message, at = coded(), AT
    for wait in outbox.CODE_BACK_OFF:
        outbox.note_failure(message=outbox.claim(message_id=message.pk, at=at), error="Refused", at=at)
        message.refresh_from_db()
        assert message.next_attempt_at - at == wait
        at = message.next_attempt_at
    assert at < message.expires_at
    outbox.note_failure(message=outbox.claim(message_id=message.pk, at=at), error="Refused", at=at)
    assert said(message) == ("", "", "", {})
    assert message.state == MessageState.FAILED


def test_cleaning_up_forgets_a_code_that_a_backup_brought_back():
    message = coded()
    outbox.hold_waiting(at=AT)
    outbox.clean(at=message.expires_at)
    assert said(message) == ("", "", "", {})
    assert (message.state, message.error) == (MessageState.FAILED, "too late")


def test_an_expired_code_is_not_tried_again_by_hand():
    message = coded()
    outbox.hold_waiting(at=AT)
    with pytest.raises(outbox.Forgotten):
        outbox.try_again(message=message, by=SYSTEM, at=message.expires_at)
    message.refresh_from_db()
    assert message.state == MessageState.HELD


def test_a_recipient_that_is_refused_for_good_is_not_tried_again(monkeypatch):
    def refuse(message):
        raise senders.RecipientRefused

    monkeypatch.setattr(senders, "send", refuse)
    message = coded(expires_at=timezone.now() + timedelta(minutes=10))
    tasks.send_message.call(message.pk)
    assert said(message) == ("", "", "", {})
    assert (message.state, message.error, message.attempts) == (MessageState.FAILED, "refused", 1)
