"""Who serves at a shared till: taking over by PIN, and locking."""

from datetime import datetime, timedelta

from django.db import transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.domain.staff import pin_digest
from loyalty.models import AuditEvent, Business, Role, StaffRole

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
        refused = _check_tries(business, by, at)
        taken = _holder(business, pin)
        audit.record(verb="till.taken_over" if taken else REFUSED, by=by, at=at, business=business, obj=taken)
    if taken is None:
        raise WrongPin(TRIES - refused - 1)
    return taken


def allow(*, business: Business, pin: str, by: Actor, at: datetime) -> StaffRole:
    """Return the owner or manager whose PIN stands by what a cashier is about to do; who serves stays who it is.

    The PIN of anybody else is a wrong one. Wrong PINs count as those of take_over() do, and together with them. Locks
    the role of the till's log-in. Raises WrongPin, TooManyTries.
    """
    with transaction.atomic():
        StaffRole.objects.select_for_update(of=("self",)).get(business=business, user=by.user, ended_at=None)
        refused = _check_tries(business, by, at)
        holder = _holder(business, pin)
        if holder and holder.may(Role.MANAGER):
            return holder
        audit.record(verb=REFUSED, by=by, at=at, business=business)
    raise WrongPin(TRIES - refused - 1)


def _check_tries(business: Business, by: Actor, at: datetime) -> int:
    """Return how many PINs were wrong lately. Raises TooManyTries."""
    refused = _refused(business, by, at)
    if len(refused) >= TRIES:
        raise TooManyTries(refused[-TRIES].at + WINDOW)
    return len(refused)


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
