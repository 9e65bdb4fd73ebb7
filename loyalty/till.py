"""A till that several people share: who serves takes over by PIN.

Either a log-in was handed over, or an owner paired the device (loyalty/models/shared_tills.py) and no log-in is in it.
Who serves is kept in the session. While that is somebody else than the log-in, or nobody, the device opens the counter
only (config/till_pages.py): the log-in may reach further than the one who stands before it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest

from loyalty.models import Business, SharedTill, StaffRole

KEY = "till"


@dataclass(frozen=True, slots=True)
class TillState:
    """Whose till it is, by primary keys, and since when, in seconds of Unix time.

    staff is None while it is locked. device is the paired one, None where a log-in was handed over. own: the log-in
    took it back by its own PIN, and is no till until it was left alone.
    """

    business: int
    staff: int | None
    slug: str = ""
    device: int | None = None
    own: bool = False
    since: int = 0


def till_state(request: HttpRequest) -> TillState | None:
    """Return what the session says of the till, own or not; None where it never was one."""
    kept: Any = request.session.get(KEY)
    return TillState(**kept) if isinstance(kept, dict) else None


def shared_till(request: HttpRequest) -> TillState | None:
    """Return who serves in place of the log-in; None where the log-in serves itself."""
    state = till_state(request)
    return None if state is None or state.own else state


def paired_till(request: HttpRequest) -> SharedTill | None:
    """Return the paired device that asks, as config.till_pages has read it for this request."""
    return getattr(request, "paired_till", None)


def hand_over(request: HttpRequest, *, business: Business, staff: StaffRole | None, at: datetime) -> None:
    """Let somebody serve from now on; None locks the till. The log-in takes it back until it is left alone."""
    state = till_state(request)
    own = staff is not None and request.user.is_authenticated and staff.user_id == request.user.pk
    _keep(request, business, at, staff=staff.pk if staff else None, own=own, device=state.device if state else None)


def lock(request: HttpRequest) -> None:
    """Lock the till: whoever serves next enters a PIN."""
    request.session[KEY] = {**request.session[KEY], "staff": None, "own": False}


def leave_as_is(request: HttpRequest, *, business: Business, at: datetime) -> None:
    """Let who serves go on for as long as after taking over."""
    request.session[KEY] = {**request.session[KEY], "slug": business.slug, "since": int(at.timestamp())}


def start_paired(request: HttpRequest, till: SharedTill) -> None:
    """Sign the browser out, and give it a session that holds as long as the device is paired, and is locked."""
    logout(request)
    _keep(request, till.business, till.paired_at, staff=None, own=False, device=till.pk)
    request.session.set_expiry(till.expires_at)


def _keep(request: HttpRequest, business: Business, at: datetime, **more: Any) -> None:
    request.session[KEY] = {
        "business": business.pk, "slug": business.slug, "since": int(at.timestamp()), **more,
    }  # fmt: skip
