"""How tests sign somebody in: as by a code that was mailed and typed just now, and, on demand, some time ago."""

import time
from collections.abc import Iterator

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client

from loyalty.models import User

OF = "account_authentication_methods_user"


def show(client: Client, user: User, method: str = "code", *, ago: float = 0) -> None:
    """Let a browser have shown a code or a factor ("mfa") so many seconds ago, and nothing else."""
    session = client.session
    note(session, user, method, ago=ago)
    session.save()


def note(session: SessionBase, user: User, method: str = "code", *, ago: float = 0) -> None:
    """Write into a session what allauth does where somebody has shown a code or a factor."""
    session[RECORDS] = [{"method": method, "at": time.time() - ago, "email": user.email}]
    session[OF] = str(user.pk)


def log_in(client: Client, user: User, backend: str | None) -> None:
    """Log in a browser that has no session yet: Django's test client makes one first, to throw it away."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend or settings.AUTHENTICATION_BACKENDS[0])
    note(request.session, user)
    request.session.save()
    client._set_login_cookies(request)  # type: ignore[attr-defined]


def let_lapse(client: Client) -> None:
    """Let what a browser has shown be a second too old to count as fresh."""
    session = client.session
    for record in session.get(RECORDS, []):
        record["at"] = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT - 1
    session.save()


def let_lapse_all() -> None:
    """Let what any browser has shown be too old, also one of Chromium's."""
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        for record in session.get(RECORDS, []):
            record["at"] = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT - 1
        session.save()


@pytest.fixture(autouse=True, scope="session")
def _signed_in_by_code() -> Iterator[None]:
    """Let Client.force_login leave behind what a log-in by code does."""
    plain = Client.force_login

    def force_login(client: Client, user: User, backend: str | None = None) -> None:
        if settings.SESSION_COOKIE_NAME not in client.cookies:
            return log_in(client, user, backend)
        plain(client, user, backend)
        show(client, user)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_login)
        yield
