"""SMS through the gateway of SMS_URL, or into files where none is set outside production."""

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

from django.conf import settings

from loyalty.models import OutboxMessage

TIMEOUT_SECONDS = 10


class NoGateway(Exception):
    """SMS_URL is not set."""


def is_available() -> bool:
    """Return whether SMS can be sent here: pages ask for a phone number only where a code can reach it."""
    return bool(settings.SMS_URL) or not settings.PRODUCTION


def send(message: OutboxMessage) -> None:
    """POST {"id", "to", "text"} as JSON to the gateway; any answer but 2xx raises. Raises NoGateway."""
    if settings.SMS_URL:
        _post(message)
    elif settings.PRODUCTION:
        raise NoGateway
    else:
        _keep(message)


def _post(message: OutboxMessage) -> None:
    body = json.dumps({"id": str(message.public_id), "to": message.recipient, "text": message.body}).encode()
    request = Request(settings.SMS_URL, data=body, headers={"Content-Type": "application/json"}, method="POST")  # noqa: S310 - the operator's own setting
    with urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
        pass


def _keep(message: OutboxMessage) -> None:
    folder = Path(settings.DATA_DIR) / "sms"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    (folder / f"{stamp}.log").write_text(f"To: {message.recipient}\n\n{message.body}\n")
