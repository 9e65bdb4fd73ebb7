"""How messages leave: one module per channel, each with send(message). They know no rules and write no rows."""

from loyalty.models import MessageChannel, OutboxMessage
from loyalty.senders import mail, sms
from loyalty.senders.errors import RecipientRefused

__all__ = ["RecipientRefused", "send"]


def send(message: OutboxMessage) -> None:
    """Send a message on its channel.

    Raises RecipientRefused where trying again is no use, else whatever the channel raises; the caller keeps count and
    tries again.
    """
    {MessageChannel.EMAIL: mail.send, MessageChannel.SMS: sms.send}[MessageChannel(message.channel)](message)
