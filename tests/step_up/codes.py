"""Somebody fetches a code that proves the log-in afresh, and types it."""

import re

from django.http import HttpResponse
from django.test import Client

from loyalty.models import OutboxMessage

CODE = "/accounts/fresh-code/"


def mailed_code() -> str:
    """Return the code of the last mail."""
    return re.findall(r"^    (\S+)$", OutboxMessage.objects.latest("pk").body, re.MULTILINE)[-1]


def prove(client: Client, address: str) -> HttpResponse:
    """Fetch a code on the page that a view led to, and type it."""
    sent = client.post(address, {"send": "1"})
    assert sent.url == address
    return client.post(address, {"code": mailed_code()})
