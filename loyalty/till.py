"""A till that several people share: it stays signed in as one of them, and whoever serves takes over by PIN.

Who serves is kept in the session. While it is somebody else, or nobody, the device opens no console: the log-in that it
runs under may reach further than the one who stands before it.
"""

from dataclasses import dataclass

from django.http import HttpRequest

from loyalty.models import Business, StaffRole

KEY = "till"


@dataclass(frozen=True, slots=True)
class SharedTill:
    """Whose till it is, by primary keys; staff is None while it is locked."""

    business: int
    staff: int | None


def shared_till(request: HttpRequest) -> SharedTill | None:
    """Return who serves in place of the log-in; None where the log-in serves itself."""
    kept = request.session.get(KEY)
    return SharedTill(business=kept["business"], staff=kept["staff"]) if isinstance(kept, dict) else None


def hand_over(request: HttpRequest, *, business: Business, staff: StaffRole | None) -> None:
    """Let somebody serve from now on; None locks the till. Whoever is signed in takes it back for good."""
    if staff is not None and staff.user_id == request.user.pk:
        request.session.pop(KEY, None)
    else:
        request.session[KEY] = {"business": business.pk, "staff": staff.pk if staff else None}
