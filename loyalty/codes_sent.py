"""Which code a visitor waits for: the id of its message, kept in the session, so that a page can say how far it is."""

from django.http import HttpRequest
from django.utils import timezone

from loyalty.queries.messages import CodeMessage, code_message

KEY = "code_message"


def remember(request: HttpRequest, message_id: object) -> None:
    """Keep the id of the message with the code that this visitor now waits for."""
    request.session[KEY] = str(message_id)


def awaited(request: HttpRequest) -> CodeMessage | None:
    """Return the code that this visitor waits for, as far as it has come; None where there is none."""
    kept = request.session.get(KEY)
    return code_message(kept, timezone.now()) if kept else None
