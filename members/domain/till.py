"""Who serves at a shared till: taking over by PIN, and locking."""

from datetime import datetime, timedelta

from django.db import transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.domain.staff import pin_digest
from loyalty.models import AuditEvent, Business, StaffRole

TRIES = 5
WINDOW = timedelta(minutes=5)
REFUSED = "till.pin_refused"


class TillError(Exception):
    """The till stays with whom it was."""


class WrongPin(TillError):
    """Nobody of the business has this PIN; left is how many tries there are still."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} tries left")
        self.left = left


class TooManyTries(TillError):
    """Five wrong PINs within five minutes; none is looked at before until."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"locked until {until.isoformat()}")
        self.until = until


class NobodyHasAPin(TillError):
    """A locked till could not be opened again."""


def take_over(*, business: Business, pin: str, by: Actor, at: datetime) -> StaffRole:
    """Return whom a PIN belongs to: that one serves from now on. by.staff is the till's own log-in.

    Wrong PINs are counted over all tills of the log-in, however many sessions it has. Locks its role.
    Raises WrongPin, TooManyTries.
    """
    assert by.staff is not None
    with transaction.atomic():
        StaffRole.objects.select_for_update(of=("self",)).get(pk=by.staff.pk)
        refused = _refused(business, by, at)
        if len(refused) >= TRIES:
            raise TooManyTries(refused[-TRIES].at + WINDOW)
        taken = _holder(business, pin)
        audit.record(verb="till.taken_over" if taken else REFUSED, by=by, at=at, business=business, obj=taken)
    if taken is None:
        raise WrongPin(TRIES - len(refused) - 1)
    return taken


def _refused(business: Business, by: Actor, at: datetime) -> list[AuditEvent]:
    recent = AuditEvent.objects.filter(business=business, user=by.user, verb=REFUSED, at__gt=at - WINDOW)
    return list(recent.order_by("at", "pk"))


def _holder(business: Business, pin: str) -> StaffRole | None:
    team = StaffRole.objects.filter(business=business, ended_at=None, user__is_active=True)
    return team.filter(pin_digest=pin_digest(business, pin)).select_related("user", "location").first()


@transaction.atomic
def lock(*, business: Business, by: Actor, at: datetime) -> None:
    """Note that a till was locked: only a PIN opens it again. Raises NobodyHasAPin."""
    team = StaffRole.objects.filter(business=business, ended_at=None, user__is_active=True)
    if not team.exclude(pin_digest="").exists():
        raise NobodyHasAPin
    audit.record(verb="till.locked", by=by, at=at, business=business, obj=by.staff)
