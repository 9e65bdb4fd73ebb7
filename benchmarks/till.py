"""Booking over HTTP beside an empty page under the same middleware."""

import itertools

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from benchmarks.rounds import Goal, Result, Round, play
from benchmarks.shop import Shop
from benchmarks.visitors import TOKEN, at_once, buy, gunicorn, look


def till(shop: Shop, url: str, *, rounds: int, seconds: float) -> list[Result]:
    """Record purchases at the till's form over eight connections, then ask for the empty page as often as can be."""
    cookies = f"{settings.SESSION_COOKIE_NAME}={log_in(shop)}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    slug = shop.business.slug
    paths = itertools.cycle(
        [reverse("members:counter-member", args=[slug, member.account.public_id]) for member in shop.members]
    )
    amounts = itertools.cycle(["12.50", "3.20", "48.00"])

    def one_round() -> Round:
        booked = at_once(lambda: buy(cookies, next(paths), next(amounts)), seconds, 302)
        empty = at_once(lambda: look(cookies), seconds, 200)
        return Round(product=booked, anchor=empty)

    with gunicorn():
        kind = "sqlite" if url.startswith("sqlite:") else "postgresql"
        work = f"book over HTTP, {kind}, gunicorn with 2 workers, 8 connections (per second)"
        return [play(work, Goal(0.25), one_round, rounds=rounds)]


def log_in(shop: Shop) -> str:
    """Return the session of who serves at the till."""
    user = shop.role.user
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
