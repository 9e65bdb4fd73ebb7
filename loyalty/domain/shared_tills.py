"""Pairing devices as tills of a business: once, by an owner or manager; ending that holds at once."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.models import Business, Location, SharedTill
from loyalty.queries.team import has_pins

PAIRED_FOR = timedelta(days=90)
NOTED_EVERY = timedelta(minutes=5)


class SharedTillError(Exception):
    """A change of shared devices that is refused; nothing was written."""


class NameTaken(SharedTillError):
    """Another paired device of the business has this name."""


class NobodyHasAPin(SharedTillError):
    """Nobody could open the device."""


@transaction.atomic
def pair(*, business: Business, name: str, location: Location | None, by: Actor, at: datetime) -> SharedTill:
    """Pair a device for 90 days; it begins locked. by.staff is an owner or manager. Locks the business.

    Raises NameTaken, NobodyHasAPin.
    """
    assert by.staff is not None
    Business.objects.select_for_update().get(pk=business.pk)
    if not has_pins(business):
        raise NobodyHasAPin
    _end_expired(business, at)
    row = _save(
        SharedTill(
            business=business, name=name, location=location, paired_by=by.staff, paired_at=at,
            expires_at=at + PAIRED_FOR,
        )
    )  # fmt: skip
    audit.record(verb="shared_till.paired", by=by, at=at, business=business, obj=row)
    return row


@transaction.atomic
def change(*, till: SharedTill, name: str, location: Location | None, by: Actor, at: datetime) -> SharedTill:
    """Rename a paired device, or say where it is, from its next request on. Raises NameTaken."""
    row = SharedTill.objects.select_for_update(of=("self",)).get(pk=till.pk)
    if (row.name, row.location_id) == (name, location and location.pk):
        return row
    changed = audit.changes(row, {"name": name, "location": location})
    row.name, row.location = name, location
    _save(row)
    audit.record(verb="shared_till.changed", by=by, at=at, business=row.business, obj=row, changes=changed)
    return row


@transaction.atomic
def end(*, till: SharedTill, by: Actor, at: datetime) -> SharedTill:
    """End a pairing: the device is a stranger's from its next request on. One that has ended stays as it is."""
    row = SharedTill.objects.select_for_update(of=("self",)).get(pk=till.pk)
    if row.ended_at is None:
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        audit.record(verb="shared_till.ended", by=by, at=at, business=row.business, obj=row)
    return row


def note_use(*, till: SharedTill, at: datetime) -> None:
    """Note that a device was used, at most once in five minutes. No audit: it gives nothing."""
    if till.used_at is None or at - till.used_at >= NOTED_EVERY:
        SharedTill.objects.filter(pk=till.pk).update(used_at=at)


def _end_expired(business: Business, at: datetime) -> None:
    """Give the names of devices whose time is over free again."""
    over = SharedTill.objects.filter(business=business, ended_at=None, expires_at__lte=at)
    over.update(ended_at=F("expires_at"))


def _save(till: SharedTill) -> SharedTill:
    try:
        with transaction.atomic():
            till.save()
    except IntegrityError:
        raise NameTaken from None
    return till
