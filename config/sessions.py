"""How long a log-in lasts: 30 days, but 12 hours on the pages of staff, and less when it is left alone.

A paired till has a session without a log-in (loyalty/till.py). A log-in at a counter stays there for the 30 days, as a
till must not lose its work; only the console and the log-in's own pages ask it to sign in again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django.utils import timezone
from django.utils.translation import gettext as _

from config.till_pages import ANYWHERE, COUNTER, FILES, PIN_PAGE
from loyalty import last_use
from loyalty.models import User
from loyalty.queries.team import works_somewhere
from loyalty.till import KEY, paired_till, shared_till

SIGNED_IN_AT = "signed_in_at"
STAFF_SECONDS = 60 * 60 * 12

MEMBERS = "<slug:business>/"
"""How the routes of a business's pages for its members begin."""

ALSO_MEMBERS = frozenset({"loyalty:welcome", "members:my-shops"})


class SessionsEnd:
    """Signs out whose time is over; the view then meets somebody anonymous. Notes that the others were here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        used_at = getattr(request, "used_at", None)
        if used_at and request.session.session_key:
            last_use.note(request, response, used_at)
        return response

    def process_view(self, request: HttpRequest, *view: object) -> None:
        """Sign out, or remember that the session is in use."""
        match = request.resolver_match
        if match is None or match.view_name in FILES | ANYWHERE:
            return
        now = timezone.now()
        if request.user.is_authenticated and _is_over(request, match, now):
            logout(request)
            messages.info(request, _("You were signed out to keep your account safe. Sign in again to go on."))
        elif _is_use(request, match):
            request.used_at = now  # type: ignore[attr-defined]


def begin(request: HttpRequest, **signal: Any) -> None:
    """Note when somebody signed in; whatever the browser was a till of is over."""
    request.session[SIGNED_IN_AT] = int(timezone.now().timestamp())
    request.session.pop(KEY, None)


def _is_over(request: HttpRequest, match: ResolverMatch, now: datetime) -> bool:
    at = int(now.timestamp())
    began = request.session.get(SIGNED_IN_AT)
    if began is None:  # signed in under a release that did not note when: counted from now
        began = request.session[SIGNED_IN_AT] = at
    if at - began >= settings.SESSION_COOKIE_AGE:
        return True
    idle = at - max(began, last_use.last_use(request))
    if at - began < STAFF_SECONDS and idle < settings.STAFF_IDLE_MINUTES * 60:
        return False
    return _is_for_staff(match) and works_somewhere(cast(User, request.user))


def _is_for_staff(match: ResolverMatch) -> bool:
    """Return whether a page is one of the console, the back office or the log-in's own: any that no list excepts."""
    excepted = match.view_name in COUNTER | ALSO_MEMBERS or match.route.startswith(MEMBERS)
    return not excepted


def _is_use(request: HttpRequest, match: ResolverMatch) -> bool:
    """Return whether a request shows that somebody is there: not the PIN page, a locked till, or a page that polls."""
    till = shared_till(request)
    if till and (till.staff is None or match.view_name == PIN_PAGE):
        return False
    polls = match.view_name == "loyalty:import" and "HX-Request" in request.headers
    return not polls and (request.user.is_authenticated or paired_till(request) is not None)
