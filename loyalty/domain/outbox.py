"""Messages to be sent: written in the transaction that causes them, sent afterwards by the background worker."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from loyalty.domain import audit
from loyalty.domain.actors import SYSTEM, Actor
from loyalty.models import Business, MessageChannel, MessagePriority, MessageState, OutboxMessage

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""How long to wait before the next attempt; after the last of them a message counts as failed."""
CODE_BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 60, 90, 120, 120, 120))
"""The same for a code: someone waits for it, and it expires within minutes."""
CLAIM = timedelta(minutes=2)
KEPT = timedelta(days=30)
TOO_LATE = "too late"
REFUSED = "refused"
"""The errors of messages that expired before they left, and whose recipient was refused for good."""
BLANK: Mapping[str, object] = {"subject": "", "body": "", "html": "", "headers": {}}


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
    priority: MessagePriority = MessagePriority.NORMAL,
    expires_at: datetime | None = None,
    is_secret: bool = False,
) -> OutboxMessage:
    """Write a message in the caller's transaction; it goes out after the commit, at least once.

    recipient is an e-mail address or a phone number in E.164; purpose is "<topic>.<what>", for example "staff.invited".
    After expires_at it is not sent. The text of a secret message is kept only until it has left, or no longer can.
    """
    return OutboxMessage.objects.create(
        business=business,
        channel=channel,
        priority=priority,
        purpose=purpose,
        recipient=recipient,
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        headers=dict(letter.headers),
        is_secret=is_secret,
        created_at=at,
        next_attempt_at=at,
        expires_at=expires_at,
    )


def queue_code(
    *,
    business: Business | None,
    recipient: str,
    letter: Letter,
    purpose: str,
    expires_at: datetime,
    at: datetime,
    channel: MessageChannel = MessageChannel.EMAIL,
) -> OutboxMessage:
    """Queue a code or a confirmation: it leaves before all else, never after expires_at, and is not kept."""
    return queue(
        business=business,
        recipient=recipient,
        letter=letter,
        purpose=purpose,
        at=at,
        channel=channel,
        priority=MessagePriority.CODE,
        expires_at=expires_at,
        is_secret=True,
    )


def claim(*, message_id: int, at: datetime) -> OutboxMessage | None:
    """Take a due message for this worker for two minutes; None when it is sent, not due, or another worker's.

    One that has expired is not taken: it has failed.
    """
    due = OutboxMessage.objects.filter(pk=message_id, state=MessageState.WAITING, next_attempt_at__lte=at)
    message = due.first()
    if message is None:
        return None
    if message.has_expired(at):
        _drop(due)
        return None
    taken = due.update(next_attempt_at=at + CLAIM, attempts=F("attempts") + 1)
    message.refresh_from_db(fields=["attempts", "next_attempt_at"])
    return message if taken else None


def note_sent(*, message: OutboxMessage, at: datetime) -> None:
    """Keep that a message has left; of a secret one, not what it said."""
    said = BLANK if message.is_secret else {}
    OutboxMessage.objects.filter(pk=message.pk).update(state=MessageState.SENT, sent_at=at, error="", **said)


def note_failure(*, message: OutboxMessage, error: str, at: datetime) -> None:
    """Keep that an attempt failed, and when to try again; after the last attempt the message has failed."""
    waits = CODE_BACK_OFF if message.priority == MessagePriority.CODE else BACK_OFF
    if message.attempts > len(waits):
        _fail(message, error)
        return
    wait = waits[message.attempts - 1]
    OutboxMessage.objects.filter(pk=message.pk).update(next_attempt_at=at + wait, error=error[:200])


def note_refused(*, message: OutboxMessage) -> None:
    """Keep that the recipient was refused for good: the message has failed, and is not tried again."""
    _fail(message, REFUSED)


def due_ids(*, at: datetime, limit: int = 500, codes: bool | None = None, besides: Collection[int] = ()) -> list[int]:
    """Return the messages to be tried now: codes first, then those that have waited longest.

    codes asks for codes only, or for all but codes; besides are left out.
    """
    due = OutboxMessage.objects.filter(state=MessageState.WAITING, next_attempt_at__lte=at).exclude(pk__in=besides)
    if codes is not None:
        at_least = Q(priority__gte=MessagePriority.CODE)
        due = due.filter(at_least if codes else ~at_least)
    return list(due.order_by("-priority", "next_attempt_at", "pk").values_list("pk", flat=True)[:limit])


def clean(*, at: datetime) -> int:
    """Delete messages that were sent or failed 30 days ago: they hold addresses. Return how many.

    What has expired is not kept either, and has failed if it did not leave.
    """
    unsent = OutboxMessage.objects.filter(state__in=[MessageState.WAITING, MessageState.HELD])
    _drop(unsent.filter(expires_at__lte=at))
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
    not_left.update(state=MessageState.FAILED, error=TOO_LATE)
    return old.update(**BLANK)


def _drop(expired: QuerySet[OutboxMessage]) -> None:
    """Count messages as failed that are too late, and forget what they said."""
    expired.update(state=MessageState.FAILED, error=TOO_LATE, **BLANK)


def _fail(message: OutboxMessage, error: str) -> None:
    said = BLANK if message.is_secret else {}
    OutboxMessage.objects.filter(pk=message.pk).update(state=MessageState.FAILED, error=error[:200], **said)


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
    if not row.body or row.has_expired(at):
        raise Forgotten
    row.state, row.attempts, row.next_attempt_at = MessageState.WAITING, 0, at
    row.save(update_fields=["state", "attempts", "next_attempt_at"])
    audit.record(verb="message.tried_again", by=by, at=at, business=row.business, obj=row)
