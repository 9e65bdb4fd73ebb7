"""Telling somebody of a log-in from a device that is new to them. What is known of devices lies on them, not here.

A signed cookie of a year says which log-ins were used there, in marks that mean nothing elsewhere. A log-in that is
signed out everywhere knows no device any more.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from loyalty import log_in_letters
from loyalty.device import browser_and_system
from loyalty.domain import outbox
from loyalty.models import User

COOKIE = "__Host-known" if settings.HTTPS else "known"
SALT = "loyalty.known_devices"
PURPOSE = "log_in.new_device"
LASTS_SECONDS = 60 * 60 * 24 * 365
MOST = 8
"""Log-ins that one device remembers: a cookie has its limits, and so have the people at one desk."""


def is_known(request: HttpRequest, user: User) -> bool:
    """Return whether this log-in was used on this device before."""
    return any(constant_time_compare(mark, _mark(user)) for mark in _marks(request))


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the device remember the log-in, those used last first."""
    mine = _mark(user)
    marks = [mine, *(mark for mark in _marks(request) if mark != mine)][:MOST]
    response.set_cookie(
        COOKIE, signing.dumps(marks, salt=SALT), max_age=LASTS_SECONDS, secure=settings.HTTPS, httponly=True,
        samesite="Lax",
    )  # fmt: skip


def tell(request: HttpRequest, user: User) -> None:
    """Write to the person that somebody signed in as them: browser, system, when; no network address."""
    browser, system = browser_and_system(request.headers.get("User-Agent", ""))
    now = timezone.now()
    letter = log_in_letters.new_device(user, browser, system, now)
    outbox.queue(business=None, recipient=user.email, letter=letter, purpose=PURPOSE, at=now)


def _marks(request: HttpRequest) -> list[str]:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS_SECONDS)
    except signing.BadSignature:
        return []
    return [str(mark) for mark in kept] if isinstance(kept, list) else []


def _mark(user: User) -> str:
    return salted_hmac(SALT, f"{user.pk}:{user.password}", algorithm="sha256").hexdigest()[:20]
