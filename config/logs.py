"""What a log may hold: no secret of a link, and nothing of what somebody looked for.

Both stand in addresses, and addresses are what web servers log: gunicorn, if it is told to, and Django for what it
refuses.
"""

import logging
import re

SECRET_AFTER = ("invitations", "preferences", "unsubscribe", "confirm", "restore", "undo")
"""The parts of an address that a secret follows."""

_SLASH = r"(?:/|%2F|\\/)"
_SECRET = re.compile(rf"({_SLASH}(?:{'|'.join(SECRET_AFTER)}){_SLASH})(?!{_SLASH})[^/\s\"'?&%\\]+", re.IGNORECASE)
_QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']+")


def without_secrets(text: str) -> str:
    """Return a text whose addresses have neither the secret of a link nor a query."""
    return _QUERY.sub(r"\1?***", _SECRET.sub(r"\1***", text))


class CleanRecord(logging.LogRecord):
    """What every logger of the process writes, whoever made it."""

    def getMessage(self) -> str:  # noqa: N802 - the library's name
        """Return the message without secrets."""
        return without_secrets(super().getMessage())


class CleanFormatter(logging.Formatter):
    """Our own lines: secrets are left out of what an error says, too."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        return without_secrets(super().format(record))


def keep_clean() -> None:
    """Let no logger of this process write a secret."""
    logging.setLogRecordFactory(CleanRecord)
