"""Messages that offer to take back what was just done."""

from django.contrib import messages
from django.http import HttpRequest

_UNDO = "undo:"


def success_with_undo(request: HttpRequest, text: str, *, undo_url: str) -> None:
    """Show `text` as a toast with an Undo button that posts to `undo_url` (a path of this site)."""
    messages.success(request, text, extra_tags=_UNDO + undo_url)


def undo_url(extra_tags: str | None) -> str:
    """Return the address that a message's tags hold, or an empty text."""
    return extra_tags.removeprefix(_UNDO) if extra_tags and extra_tags.startswith(_UNDO) else ""
