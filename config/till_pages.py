"""What a shared till opens: the counter of its business, and what that needs. Everything else is closed there.

A device is a shared till while it is paired, and while a log-in on it was handed over or locked (loyalty/till.py).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config import errors
from loyalty import till
from loyalty.domain.shared_tills import note_use
from loyalty.last_use import last_use
from loyalty.models import Business
from loyalty.queries import access
from loyalty.queries.shared_tills import open_till
from loyalty.queries.team import has_pins
from loyalty.till import TillState
from rewards.queries.catalogue import is_picture_of

PIN_PAGE = "members:counter-till"
SIGN_OUT = "account_logout"

COUNTER = frozenset(
    {
        "members:counter-home",
        "members:counter-enrol",
        "members:counter-walk-in",
        PIN_PAGE,
        "members:counter-lock",
        "members:counter-in-use",
        "members:counter-walk-in-preview",
        "members:counter-voucher-redo",
        "members:counter-sale",
        "members:counter-sale-undo",
        "members:counter-refund",
        "members:counter-refund-preview",
        "members:counter-move-find",
        "members:counter-move",
        "members:counter-move-back",
        "members:counter-voucher",
        "members:counter-voucher-use",
        "members:counter-voucher-undo",
        "members:counter-member",
        "members:counter-preview",
        "members:counter-hand-out",
    }
)
"""Pages at the counter, of the till's own business."""

FILES = frozenset({"loyalty:theme", "loyalty:media", "members:manifest", "members:app-icon"})
"""What pages are drawn with, of the till's own business."""

ANYWHERE = frozenset({SIGN_OUT, "set_language", "members:service-worker", "health"})
"""What belongs to no business. Static files are answered before any page."""

DEMO = frozenset({"local:demo", "local:demo-login"})
"""In the demo, where everybody may be anybody: the way back to its people. Nowhere else."""


class SharedTillPages:
    """Answers 403 on a shared till for every page that is not in the lists above; locks a till that was left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        nowhere = getattr(request, "resolver_match", None) is None
        if nowhere and 300 <= response.status_code < 400 and till.shared_till(request):
            return errors.page(request, 403, "till")
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        """Close what is not in the lists; None lets the request through."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in FILES:
            return None if _is_open_file(request, name, kwargs) else errors.page(request, 403, "till")
        state = _state_now(request, timezone.now())
        if state is None:
            return None
        request.till_home = reverse("members:counter-home", kwargs={"business": state.slug})  # type: ignore[attr-defined]
        if name in COUNTER and kwargs.get("business") == state.slug:
            return None
        if name in ANYWHERE and not (name == SIGN_OUT and state.device):
            return None
        if settings.DEMO and name in DEMO:
            return None
        return errors.page(request, 403, "till")


def _state_now(request: HttpRequest, now: datetime) -> TillState | None:
    """Return the till that the request comes from, None where it is none; end and lock what is over by now."""
    state = till.till_state(request)
    if state is None:
        return None
    business = _business_of_paired(request, state, now) if state.device else _business_of_log_in(request, state)
    if business is None:
        logout(request)
        return None
    if not state.since:  # handed over by a release that did not note when
        till.leave_as_is(request, business=business, at=now)
    elif (state.own or state.staff) and _is_left_alone(request, state, business, now):
        _lock(request, state, business, now)
    return till.shared_till(request)


def _business_of_paired(request: HttpRequest, state: TillState, now: datetime) -> Business | None:
    """Return whose till the paired device is, and put it on the request; None where that has ended."""
    found = open_till(state.device, now) if state.device else None
    if found is None or request.user.is_authenticated:
        messages.warning(request, _("This device is no longer paired. Sign in to pair it again."))
        return None
    request.paired_till = found  # type: ignore[attr-defined]
    if state.staff:
        note_use(till=found, at=now)
    return found.business


def _business_of_log_in(request: HttpRequest, state: TillState) -> Business | None:
    """Return where a log-in was handed over; None where it is none any more, so that nothing is left of it."""
    return access.workplace(state.business, request.user) if request.user.is_authenticated else None


def _is_left_alone(request: HttpRequest, state: TillState, business: Business, now: datetime) -> bool:
    used = max(state.since, last_use(request))
    return int(now.timestamp()) - used >= business.till_lock_minutes * 60


def _lock(request: HttpRequest, state: TillState, business: Business, now: datetime) -> None:
    """Lock the till, but a log-in that nobody could open again goes on, and is told what to do."""
    if state.device or has_pins(business):
        till.lock(request)
        return
    till.leave_as_is(request, business=business, at=now)
    messages.error(request, _("This device could not lock itself: no one has a PIN. Set one in the console."))


def _is_open_file(request: HttpRequest, name: str, kwargs: Mapping[str, Any]) -> bool:
    """Return whether a picture or style sheet may be seen; asking makes no answer vary with the visitor."""
    accessed = request.session.accessed
    state = till.shared_till(request)
    request.session.accessed = accessed
    if state is None:
        return True
    if name == "loyalty:media":
        return is_picture_of(state.business, f"{kwargs['folder']}/{kwargs['name']}")
    return bool(kwargs["business"] == (state.slug or access.slug_of(state.business)))
