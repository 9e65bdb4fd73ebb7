"""Who serves at a shared till: taking over by PIN, and locking."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.domain.staff import pin_digest
from loyalty.models import AuditEvent, Business, Role, SharedTill, StaffRole
from loyalty.queries.team import has_pins

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


def take_over(*, business: Business, pin: str, by: Actor, at: datetime, device: SharedTill | None = None) -> StaffRole:
    """Return whom a PIN belongs to: that one serves from now on. by.staff is the till's own log-in.

    Wrong PINs are counted over all tills of the log-in, however many sessions it has. A paired device has no log-in:
    they are counted for the device, and who takes over is who acts. Locks the log-in's role, or the device.
    Raises WrongPin, TooManyTries.
    """
    with transaction.atomic():
        _lock_door(by, device)
        refused = _check_tries(business, by, at, device)
        taken = _holder(business, pin)
        if device and taken:
            by = replace(by, user=taken.user, staff=taken)
        obj = taken or device
        audit.record(verb="till.taken_over" if taken else REFUSED, by=by, at=at, business=business, obj=obj)
    if taken is None:
        raise WrongPin(TRIES - refused - 1)
    return taken


def allow(*, business: Business, pin: str, by: Actor, at: datetime, device: SharedTill | None = None) -> StaffRole:
    """Return the owner or manager whose PIN stands by what a cashier is about to do; who serves stays who it is.

    The PIN of anybody else is a wrong one. Wrong PINs count as those of take_over() do, and together with them. Locks
    the role of the till's log-in, or the paired device. Raises WrongPin, TooManyTries.
    """
    with transaction.atomic():
        _lock_door(by, device)
        refused = _check_tries(business, by, at, device)
        holder = _holder(business, pin)
        if holder and holder.may(Role.MANAGER):
            return holder
        audit.record(verb=REFUSED, by=by, at=at, business=business, obj=device)
    raise WrongPin(TRIES - refused - 1)


def _lock_door(by: Actor, device: SharedTill | None) -> None:
    if device:
        SharedTill.objects.select_for_update(of=("self",)).get(pk=device.pk)
        return
    assert by.staff is not None
    StaffRole.objects.select_for_update(of=("self",)).get(business=by.staff.business_id, user=by.user, ended_at=None)


def _check_tries(business: Business, by: Actor, at: datetime, device: SharedTill | None) -> int:
    """Return how many PINs were wrong lately. Raises TooManyTries."""
    refused = _refused(business, by, at, device)
    if len(refused) >= TRIES:
        raise TooManyTries(refused[-TRIES].at + WINDOW)
    return len(refused)


def _refused(business: Business, by: Actor, at: datetime, device: SharedTill | None) -> list[AuditEvent]:
    recent = AuditEvent.objects.filter(business=business, verb=REFUSED, at__gt=at - WINDOW)
    if device:
        recent = recent.filter(object_type=SharedTill._meta.model_name, object_id=str(device.pk))
    else:
        recent = recent.filter(user=by.user)
    return list(recent.order_by("at", "pk"))


def _holder(business: Business, pin: str) -> StaffRole | None:
    team = StaffRole.objects.filter(business=business, ended_at=None, user__is_active=True)
    return team.filter(pin_digest=pin_digest(business, pin)).select_related("user", "location").first()


@transaction.atomic
def lock(*, business: Business, by: Actor, at: datetime) -> None:
    """Note that a till was locked: only a PIN opens it again. Raises NobodyHasAPin."""
    if not has_pins(business):
        raise NobodyHasAPin
    audit.record(verb="till.locked", by=by, at=at, business=business, obj=by.staff)
