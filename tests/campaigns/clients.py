"""People with a browser: signed in, talking HTTP to a server, sometimes not waiting for its answer."""

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.crypto import get_random_string

from loyalty.models import User
from tests.campaigns.server import HOST

SECRET_FIELDS = re.compile(rb'(name="csrfmiddlewaretoken" value=|name="key" value=)"[^"]*"')
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser shows or follows of an answer: its status, where it sends on to, and its page.

    The page is without the tokens that are new in every form; cookies and the date are not part of it.
    """

    status: int
    location: str
    body: bytes

    @property
    def last_id(self) -> str:
        """The id that ends the address it sends on to."""
        return self.location.rstrip("/").rpartition("/")[2]


class Browser:
    """Somebody who is signed in; may be used by several threads at once, as by several tabs."""

    def __init__(self, port: int, user: User) -> None:
        self.port = port
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.token = get_random_string(32)
        self.headers = {
            "Host": "localhost", "Accept-Language": "en",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.token}",
        }  # fmt: skip

    def get(self, path: str) -> int:
        """Ask for a page and return the status of the answer. Raises OSError or HTTPException where there is none."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=self.headers)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def post(self, path: str, form: Mapping[str, object]) -> Answer:
        """Send a form and return the answer. Raises OSError or HTTPException where there is none."""
        connection = self._send(path, form)
        try:
            response = connection.getresponse()
            body = SECRET_FIELDS.sub(rb"\1", response.read())
            return Answer(response.status, response.getheader("Location", ""), body)
        finally:
            connection.close()

    def post_and_leave(self, path: str, form: Mapping[str, object], after: float) -> None:
        """Send a form and hang up after some seconds without reading the answer."""
        connection = self._send(path, form)
        time.sleep(after)
        connection.close()

    def _send(self, path: str, form: Mapping[str, object]) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        body = urlencode({"csrfmiddlewaretoken": self.token, **form})
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, body, headers)
        return connection


def counter(name: str, **more: object) -> str:
    """Return an address of the till of the café."""
    return reverse(f"members:counter-{name}", kwargs={"business": "luna", **more})


def portal(name: str, **more: object) -> str:
    """Return an address of the café's own pages for members."""
    return reverse(f"members:{name}", kwargs={"business": "luna", **more})
