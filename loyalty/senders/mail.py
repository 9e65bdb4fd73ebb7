"""E-mail through Django's default mailer. The only place of the product that does so."""

from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from loyalty.models import OutboxMessage
from loyalty.senders.errors import RecipientRefused

FOR_GOOD = range(500, 600)
POLICY = b"5.7."
"""How an answer begins that refuses who sends, not who is to receive (RFC 3463): the operator can change that."""


def send(message: OutboxMessage) -> None:
    """Send one mail; its Message-ID is the message's stable id, so that a second sending can be recognised.

    Raises RecipientRefused where the server refuses the address for good, else what the mailer raises.
    """
    try:
        _mail(message).send()
    except SMTPRecipientsRefused as refused:
        if all(map(_is_final, refused.recipients.values())):
            raise RecipientRefused from None
        raise


def _mail(message: OutboxMessage) -> EmailMultiAlternatives:
    host = urlsplit(settings.BASE_URL).hostname
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body,
        to=[message.recipient],
        headers={"Message-ID": f"<{message.public_id}@{host}>", **message.headers},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def _is_final(answer: tuple[int, bytes]) -> bool:
    code, words = answer
    return code in FOR_GOOD and not words.startswith(POLICY)
