"""How far a message has come, and whether messages are leaving at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from loyalty.models import Heartbeat, MessageChannel, MessagePriority, MessageState, OutboxMessage

DISPATCHER = "messages"
"""The name under which the loop that sends messages keeps its pulse."""
SILENT = timedelta(seconds=45)
"""A loop without a pulse for so long is down: four of its beats are missing."""
PROMPT = timedelta(seconds=30)
"""Within this a code leaves; longer is told to who waits for it."""


class Progress(StrEnum):
    """What somebody who waits for a code is told."""

    QUEUED = "queued"
    SENT = "sent"
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """A code on its way: how far it is, to whom, and on which channel."""

    progress: Progress
    recipient: str
    channel: MessageChannel
    is_for_account: bool
    """Whether it signs somebody in or proves the address of their account; else it is for a membership."""

    @property
    def is_sms(self) -> bool:
        """Return whether it goes to a phone."""
        return self.channel is MessageChannel.SMS

    @property
    def moves(self) -> bool:
        """Return whether there is more to come."""
        return self.progress in (Progress.QUEUED, Progress.LATE)


def code_message(public_id: UUID | str, at: datetime) -> CodeMessage | None:
    """Return how far a code has come; None where there is no such message. At most two queries.

    It hangs on the message and on the worker alone, never on whether somebody has an account.
    """
    message = OutboxMessage.objects.filter(public_id=public_id, priority=MessagePriority.CODE).first()
    if message is None:
        return None
    channel = MessageChannel(message.channel)
    return CodeMessage(_progress(message, at), message.recipient, channel, message.purpose.startswith("account."))


def _progress(message: OutboxMessage, at: datetime) -> Progress:
    if message.state == MessageState.SENT:
        return Progress.SENT
    if message.state != MessageState.WAITING or message.has_expired(at):
        return Progress.FAILED
    if message.error or message.created_at <= at - PROMPT or is_silent(at):
        return Progress.LATE
    return Progress.QUEUED


def is_silent(at: datetime) -> bool:
    """Return whether nothing sends messages now: the worker is down, or was never started."""
    return not Heartbeat.objects.filter(name=DISPATCHER, at__gt=at - SILENT).exists()


def codes_are_late(at: datetime) -> bool:
    """Return whether codes wait longer than they should, so that whoever asks for one now must expect to."""
    waiting = OutboxMessage.objects.filter(state=MessageState.WAITING, priority=MessagePriority.CODE)
    return waiting.filter(created_at__lte=at - PROMPT, expires_at__gt=at).exists()
