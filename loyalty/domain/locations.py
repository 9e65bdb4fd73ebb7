"""The branches of a business: opening, renaming, closing them."""

from datetime import datetime

from django.db import IntegrityError, transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.models import Business, Location


class LocationError(Exception):
    """A change of branches that is refused; nothing was written."""


class NameTaken(LocationError):
    """Another branch of the business, open or closed, has this name."""


class LastLocation(LocationError):
    """A business keeps at least one open branch."""


@transaction.atomic
def add(*, business: Business, name: str, address: str, by: Actor, at: datetime) -> Location:
    """Open a branch. Raises NameTaken."""
    location = _save(Location(business=business, name=name, address=address))
    audit.record(verb="location.added", by=by, at=at, business=business, obj=location)
    return location


@transaction.atomic
def change(*, location: Location, name: str, address: str, by: Actor, at: datetime) -> Location:
    """Rename a branch, or say where it is. Raises NameTaken."""
    row = Location.objects.select_for_update(of=("self",)).get(pk=location.pk)
    if (row.name, row.address) == (name, address):
        return row
    changed = audit.changes(row, {"name": name, "address": address})
    row.name, row.address = name, address
    _save(row)
    audit.record(verb="location.changed", by=by, at=at, business=row.business, obj=row, changes=changed)
    return row


@transaction.atomic
def close(*, location: Location, by: Actor, at: datetime) -> Location:
    """Close a branch: nothing new is recorded there, what was stays. Locks the business. Raises LastLocation."""
    business = Business.objects.select_for_update().get(pk=location.business_id)
    row = Location.objects.get(pk=location.pk)
    if row.closed_at:
        return row
    if not Location.objects.filter(business=business, closed_at=None).exclude(pk=row.pk).exists():
        raise LastLocation
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    audit.record(verb="location.closed", by=by, at=at, business=business, obj=row)
    return row


@transaction.atomic
def reopen(*, location: Location, by: Actor, at: datetime) -> Location:
    """Open a closed branch again; an open one stays as it is."""
    row = Location.objects.select_for_update(of=("self",)).get(pk=location.pk)
    if row.closed_at:
        row.closed_at = None
        row.save(update_fields=["closed_at"])
        audit.record(verb="location.reopened", by=by, at=at, business=row.business, obj=row)
    return row


def _save(location: Location) -> Location:
    try:
        with transaction.atomic():
            location.save()
    except IntegrityError:
        raise NameTaken from None
    return location
