"""What became of the mail with a code."""

from datetime import datetime, timedelta

from loyalty.models import MessageState, OutboxMessage

SOON = timedelta(seconds=30)


def is_late(message: int, at: datetime) -> bool:
    """Return whether a mail has not left although it was written half a minute ago. One query."""
    return OutboxMessage.objects.filter(pk=message, created_at__lt=at - SOON).exclude(state=MessageState.SENT).exists()
