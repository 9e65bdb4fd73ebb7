"""Who works in a business: roles, and PINs for a shared till. Invitations are in loyalty/domain/invitations.py."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.domain.businesses import display_name
from loyalty.engine import pins
from loyalty.engine.pins import PinFault
from loyalty.models import Business, Invitation, Location, Role, StaffRole, User

TAKE_BACK_WITHIN = timedelta(hours=1)


class StaffError(Exception):
    """A change of staff that is refused; nothing was written."""


class AlreadyStaff(StaffError):
    """The person works in the business already."""


class LastOwner(StaffError):
    """A business keeps at least one owner."""


class NotAllowed(StaffError):
    """The actor's own role does not reach so far."""


class TooLate(StaffError):
    """The removal was too long ago to be undone: the person is invited anew."""


class PinTaken(StaffError):
    """Somebody else in the business has this PIN."""


class WeakPin(StaffError):
    """The PIN is easy to guess, or no PIN at all; `fault` says why."""

    def __init__(self, fault: PinFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def add(*, business: Business, user: User, role: Role, by: Actor, at: datetime, called: str = "") -> StaffRole:
    """Give a log-in a role in a business; called is its name at the till. Raises AlreadyStaff."""
    try:
        with transaction.atomic():
            row = StaffRole.objects.create(
                business=business, user=user, role=role, display_name=called or display_name(user), started_at=at
            )
    except IntegrityError:
        raise AlreadyStaff from None
    audit.record(verb="staff.added", by=by, at=at, business=business, obj=row, role=role.value)
    return row


@transaction.atomic
def change_role(*, staff: StaffRole, role: Role, by: Actor, at: datetime) -> StaffRole:
    """Change what somebody may do, from the next request on. Raises NotAllowed, LastOwner."""
    team = _lock_team(staff.business)
    row = _reached(team, staff, by)
    check_reach(_acting(team, by), role)
    if row.role == role:
        return row
    if row.role == Role.OWNER:
        _check_other_owner(team, row)
    changed = audit.changes(row, {"role": role.value})
    row.role = role
    row.save(update_fields=["role"])
    audit.record(verb="staff.role_changed", by=by, at=at, business=row.business, obj=row, changes=changed)
    return row


@transaction.atomic
def change_details(
    *, staff: StaffRole, display_name: str, location: Location | None, by: Actor, at: datetime
) -> StaffRole:
    """Change somebody's name at the till and branch; everybody may change their own. Raises NotAllowed."""
    team = _lock_team(staff.business)
    row = _own_or_reached(team, staff, by)
    if (row.display_name, row.location_id) == (display_name, location and location.pk):
        return row
    fields = ["display_name"] if row.display_name != display_name else []
    changed = audit.changes(row, {"location": location})
    row.display_name, row.location = display_name, location
    row.save(update_fields=["display_name", "location"])
    audit.record(verb="staff.changed", by=by, at=at, business=row.business, obj=row, fields=fields, changes=changed)
    return row


@transaction.atomic
def remove(*, staff: StaffRole, by: Actor, at: datetime) -> StaffRole:
    """End somebody's role at once; their bookings stay, invitations they sent do not. Everybody may leave.

    Raises NotAllowed, LastOwner.
    """
    team = _lock_team(staff.business)
    row = _own_or_reached(team, staff, by)
    if row.role == Role.OWNER:
        _check_other_owner(team, row)
    row.ended_at = at
    row.pin_digest = ""
    row.save(update_fields=["ended_at", "pin_digest"])
    Invitation.objects.filter(invited_by=row, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    left = by.staff is not None and by.staff.pk == row.pk
    audit.record(verb="staff.left" if left else "staff.removed", by=by, at=at, business=row.business, obj=row)
    return row


@transaction.atomic
def take_back(*, staff: StaffRole, by: Actor, at: datetime) -> StaffRole:
    """Undo a removal within an hour: the role runs on as it was, without a PIN; invitations stay withdrawn.

    Raises NotAllowed, TooLate, AlreadyStaff where the person came back in another way.
    """
    team = _lock_team(staff.business)
    row = StaffRole.objects.select_for_update(of=("self",)).get(pk=staff.pk, business=staff.business)
    check_reach(_acting(team, by), Role(row.role))
    if any(other.user_id == row.user_id for other in team.values()):
        raise AlreadyStaff
    if row.ended_at is None or at - row.ended_at > TAKE_BACK_WITHIN:
        raise TooLate
    row.ended_at = None
    row.save(update_fields=["ended_at"])
    audit.record(verb="staff.taken_back", by=by, at=at, business=row.business, obj=row, role=row.role)
    return row


@transaction.atomic
def set_pin(*, staff: StaffRole, pin: str, by: Actor, at: datetime) -> StaffRole:
    """Set the PIN by which one takes over a shared till; only one's own. Raises NotAllowed, WeakPin, PinTaken."""
    row = _lock_team(staff.business).get(staff.pk)
    if row is None or by.staff is None or by.staff.pk != row.pk:
        raise NotAllowed
    fault = pins.fault_of(pin)
    if fault:
        raise WeakPin(fault)
    try:
        with transaction.atomic():
            row.pin_digest = pin_digest(row.business, pin)
            row.save(update_fields=["pin_digest"])
    except IntegrityError:
        raise PinTaken from None
    audit.record(verb="staff.pin_set", by=by, at=at, business=row.business, obj=row)
    return row


@transaction.atomic
def reset_pin(*, staff: StaffRole, by: Actor, at: datetime) -> StaffRole:
    """Take a PIN away, so that its holder sets a new one; without a PIN nothing changes. Raises NotAllowed."""
    row = _own_or_reached(_lock_team(staff.business), staff, by)
    if row.pin_digest:
        row.pin_digest = ""
        row.save(update_fields=["pin_digest"])
        audit.record(verb="staff.pin_reset", by=by, at=at, business=row.business, obj=row)
    return row


def pin_digest(business: Business, pin: str) -> str:
    """Return the keyed digest of a PIN; the same PIN in two businesses has two digests."""
    return salted_hmac(f"till-pin:{business.pk}", pin, algorithm="sha256").hexdigest()


def check_reach(acting: StaffRole | None, role: Role) -> StaffRole:
    """Return who acts: an owner reaches everybody, a manager reaches cashiers. Raises NotAllowed for others."""
    if acting is None or not acting.may(Role.MANAGER):
        raise NotAllowed
    if not acting.may(Role.OWNER) and role != Role.CASHIER:
        raise NotAllowed
    return acting


def _lock_team(business: Business) -> dict[int, StaffRole]:
    """Lock all running roles of a business, so that two owners cannot remove each other at once."""
    rows = StaffRole.objects.select_for_update(of=("self",)).filter(business=business, ended_at=None).order_by("pk")
    team = {row.pk: row for row in rows}
    for row in team.values():
        row.business = business
    return team


def _acting(team: Mapping[int, StaffRole], by: Actor) -> StaffRole | None:
    """Return the actor's role as it is now: it may have ended since the request began."""
    return team.get(by.staff.pk) if by.staff else None


def _reached(team: Mapping[int, StaffRole], staff: StaffRole, by: Actor) -> StaffRole:
    row = team.get(staff.pk)
    if row is None:
        raise NotAllowed
    check_reach(_acting(team, by), Role(row.role))
    return row


def _own_or_reached(team: Mapping[int, StaffRole], staff: StaffRole, by: Actor) -> StaffRole:
    acting = _acting(team, by)
    return acting if acting and acting.pk == staff.pk else _reached(team, staff, by)


def _check_other_owner(team: Mapping[int, StaffRole], staff: StaffRole) -> None:
    if not any(row.role == Role.OWNER and row.pk != staff.pk for row in team.values()):
        raise LastOwner
