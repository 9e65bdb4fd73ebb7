"""Template tags of the pages where a code is asked for."""

from django import template
from django.http import HttpRequest
from django.utils import timezone

from loyalty import codes_sent
from loyalty.queries import messages
from loyalty.queries.messages import CodeMessage

register = template.Library()


@register.simple_tag
def code_awaited(request: HttpRequest, address: str) -> CodeMessage | None:
    """Return how far the code is that this visitor waits for at an address; None where it went to another."""
    code = codes_sent.awaited(request)
    return code if code and code.recipient.casefold() == str(address).casefold() else None


@register.simple_tag
def mail_is_late() -> bool:
    """Return whether whoever asks for a code now must expect to wait for it."""
    at = timezone.now()
    return messages.is_silent(at) or messages.codes_are_late(at)
