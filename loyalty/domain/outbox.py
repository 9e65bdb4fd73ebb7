"""Messages to be sent: written in the transaction that causes them, sent afterwards by the background worker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F

from loyalty.domain import audit
from loyalty.domain.actors import SYSTEM, Actor
from loyalty.models import Business, MessageChannel, MessageState, OutboxMessage

BACK_OFF = (1, 5, 15, 60, 240, 720, 1440)
"""Minutes until the next attempt; after the last of them a message counts as failed."""
CLAIM = timedelta(minutes=2)
KEPT = timedelta(days=30)

_listeners: list[Callable[[int], object]] = []


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says: a text, and for e-mail a subject and, if wanted, the same as HTML."""

    body: str
    subject: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def queue(
    *,
    business: Business | None,
    recipient: str,
    letter: Letter,
    purpose: str,
    at: datetime,
    channel: MessageChannel = MessageChannel.EMAIL,
) -> OutboxMessage:
    """Write a message in the caller's transaction; it goes out after the commit, at least once.

    recipient is an e-mail address or a phone number in E.164; purpose is "<topic>.<what>", for example "staff.invited".
    """
    message = OutboxMessage.objects.create(
        business=business,
        channel=channel,
        purpose=purpose,
        recipient=recipient,
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        headers=dict(letter.headers),
        created_at=at,
        next_attempt_at=at,
    )
    for listener in _listeners:
        transaction.on_commit(partial(listener, message.pk))
    return message


def when_queued(listener: Callable[[int], object]) -> None:
    """Register what is told the id of each message after its transaction: the worker, so that it goes out at once."""
    _listeners.append(listener)


def claim(*, message_id: int, at: datetime) -> OutboxMessage | None:
    """Take a due message for this worker for two minutes; None when it is sent, not due, or another worker's."""
    due = OutboxMessage.objects.filter(pk=message_id, state=MessageState.WAITING, next_attempt_at__lte=at)
    taken = due.update(next_attempt_at=at + CLAIM, attempts=F("attempts") + 1)
    return OutboxMessage.objects.get(pk=message_id) if taken else None


def note_sent(*, message: OutboxMessage, at: datetime) -> None:
    """Keep that a message has left."""
    OutboxMessage.objects.filter(pk=message.pk).update(state=MessageState.SENT, sent_at=at, error="")


def note_failure(*, message: OutboxMessage, error: str, at: datetime) -> None:
    """Keep that an attempt failed, and when to try again; after the last attempt the message has failed."""
    if message.attempts > len(BACK_OFF):
        OutboxMessage.objects.filter(pk=message.pk).update(state=MessageState.FAILED, error=error[:200])
        return
    wait = timedelta(minutes=BACK_OFF[message.attempts - 1])
    OutboxMessage.objects.filter(pk=message.pk).update(next_attempt_at=at + wait, error=error[:200])


def due_ids(*, at: datetime, limit: int = 500) -> list[int]:
    """Return the messages to be tried now, those that have waited longest first."""
    due = OutboxMessage.objects.filter(state=MessageState.WAITING, next_attempt_at__lte=at)
    return list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:limit])


def clean(*, at: datetime) -> int:
    """Delete messages that were sent or failed 30 days ago: they hold addresses. Return how many."""
    old = OutboxMessage.objects.exclude(state=MessageState.WAITING).filter(created_at__lt=at - KEPT)
    return old.delete()[0]


@transaction.atomic
def hold_waiting(*, at: datetime) -> int:
    """Hold every waiting message after a restore: what left after the backup must not leave twice. Return how many."""
    held = OutboxMessage.objects.filter(state=MessageState.WAITING).update(state=MessageState.HELD)
    audit.record(verb="backup.restored", by=SYSTEM, at=at, business=None, held=held)
    return held


def forget(*, purposes: str, before: datetime) -> int:
    """Blank what messages said whose purpose starts so and that are older than a moment; return how many.

    For messages with a secret that is dead by then. One that has not left has failed: nobody can use it any more.
    """
    old = OutboxMessage.objects.filter(purpose__startswith=purposes, created_at__lt=before).exclude(body="")
    not_left = old.filter(state__in=[MessageState.WAITING, MessageState.HELD])
    not_left.update(state=MessageState.FAILED, error="too late")
    return old.update(subject="", body="", html="", headers={})


class AlreadySent(Exception):
    """The message has left; it is not sent a second time."""


class Forgotten(Exception):
    """What the message said is not kept any more."""


@transaction.atomic
def try_again(*, message: OutboxMessage, by: Actor, at: datetime) -> None:
    """Let a waiting, held or failed message be tried at once, with all its attempts anew.

    Raises AlreadySent, Forgotten.
    """
    row = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if row.state == MessageState.SENT:
        raise AlreadySent
    if not row.body:
        raise Forgotten
    row.state, row.attempts, row.next_attempt_at = MessageState.WAITING, 0, at
    row.save(update_fields=["state", "attempts", "next_attempt_at"])
    audit.record(verb="message.tried_again", by=by, at=at, business=row.business, obj=row)
