"""E-mail through Django's default mailer."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from loyalty.models import OutboxMessage


def send(message: OutboxMessage) -> None:
    """Send one mail; its Message-ID is the message's stable id, so that a second sending can be recognised."""
    host = urlsplit(settings.BASE_URL).hostname
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body,
        to=[message.recipient],
        headers={"Message-ID": f"<{message.public_id}@{host}>", **message.headers},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    mail.send()
