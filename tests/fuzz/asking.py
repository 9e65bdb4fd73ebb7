"""Sending what no honest browser sends, one request at a time, each undone afterwards; and what counts as a fault."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from traceback import extract_tb
from typing import Any
from urllib.parse import quote_plus

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from loyalty.models import User
from tests.fuzz.tally import Tally
from tests.fuzz.values import CANARY, SUM
from tests.permissions import ACTORS, PLATFORM
from tests.world import World

type Values = Mapping[str, Sequence[str]]

FORM = "application/x-www-form-urlencoded"
WRITTEN = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# What a refusal may write: sessions, tries that are counted, looks at people that are noted.
NOTES = {"django_session", "usersessions_usersession", "members_viewlog", "loyalty_trycount"}


@dataclass(frozen=True)
class Answer:
    """What came back; text is the HTML of a page, or what went wrong under status 500."""

    status: int
    text: str
    url: str = ""


@dataclass
class Prober:
    """Somebody who sends requests, the faults they met, and how much all of them have sent."""

    actor: str
    client: Client
    faults: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def ask(
        self, method: str, path: str, sent: bytes = b"", kind: str = FORM, *, follow: bool = False,
        may_write: Collection[str] = (), **headers: str,
    ) -> Answer:  # fmt: skip
        """Send a request and undo what it did. Note a failure, a canary, and a refusal that changed something.

        follow: what was taken is looked at, too, on the page that comes next. may_write: tables in which a refusal is
        written down.
        """
        cache.clear()
        client = Client(headers={"accept-language": "en"})
        client.cookies = deepcopy(self.client.cookies)
        rows: dict[str, list[Any]] = {}
        with undone(), CaptureQueriesContext(connection) as queries:
            answer = _send(client, method, path, sent, kind, headers)
            self.tally.note(self.actor, method, answer.status, answer.url)
            if follow and answer.url.startswith("/"):
                answer = _send(client, "GET", answer.url, b"", FORM, {})
            if 400 <= answer.status < 500:
                rows = {table: _rows(table) for table in _written(queries.captured_queries) - set(may_write)}
        changed = [table for table, after in rows.items() if after != _rows(table)]
        if fault := _fault(answer, changed):
            self.faults.append(f"{self.actor}: {method} {path[:200]} {sent[:300]!r}\n    {fault}")
        return answer


def _send(client: Client, method: str, path: str, sent: bytes, kind: str, headers: dict[str, str]) -> Answer:
    try:
        response: Any = client.generic(method, path, sent, kind, headers=headers)
        content = b"".join(response.streaming_content) if response.streaming else response.content
    except Exception as error:  # noqa: BLE001 - any of them is what we look for
        frames = [
            f"{frame.filename.rpartition('/site-packages/')[2]}:{frame.lineno}"
            for frame in extract_tb(error.__traceback__)
        ]
        return Answer(500, f"{type(error).__name__}: {error}"[:300] + "\n    " + " > ".join(frames[-6:]))
    html = response.get("Content-Type", "").startswith("text/html")
    return Answer(response.status_code, content.decode(errors="replace") if html else "", response.get("Location", ""))


def _fault(answer: Answer, changed: list[str]) -> str:
    if answer.status >= 500:
        return answer.text
    if f"<{CANARY}" in answer.text or SUM in answer.text:
        return "takes what was sent for HTML, or for a template"
    return f"refuses with {answer.status} and changes {changed}" if changed else ""


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _written(queries: Sequence[dict[str, str]]) -> set[str]:
    return {found[1] for query in queries if (found := WRITTEN.match(query["sql"]))} - NOTES


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY id')
        return cursor.fetchall()


def encoded(data: Values) -> bytes:
    """Return values as a browser sends a form; what is no Unicode goes as it is."""
    pairs = ((name, value) for name, values in data.items() for value in values)
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in pairs).encode()


def _quote(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def probers(world: World) -> list[Prober]:
    """Return every actor, platform staff with their second factor shown, logged in."""
    logins: dict[str, User | None] = {
        actor: getattr(world, login) if login else None for actor, login in ACTORS.items()
    }
    tally = Tally()
    return [_prober(actor, login, tally) for actor, login in (logins | {PLATFORM: world.platform}).items()]


def _prober(actor: str, login: User | None, tally: Tally) -> Prober:
    client = Client()
    if login:
        client.force_login(login)
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": 9_999_999_999, "type": "totp"}]
        session["account_authentication_methods_user"] = str(login.pk)
        session.save()
    return Prober(actor, client, tally=tally)
