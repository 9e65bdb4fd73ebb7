"""Opening a business and changing what it says about itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.models import Business, Location, Role, StaffRole, User
from loyalty.models.businesses import RESERVED_SLUGS


class SlugTaken(Exception):
    """The address belongs to another business."""


class SlugReserved(SlugTaken):
    """The address belongs to a page of the site."""


class JustOpened(Exception):
    """The same person opened a business of this name a moment ago: a form was sent twice. role is the owner's there."""

    def __init__(self, role: StaffRole) -> None:
        super().__init__("just opened")
        self.role = role


MOMENT = timedelta(minutes=1)


opened: list[Callable[[Business, Actor, datetime], None]] = []
"""What the apps above do when a business opens, in the same transaction; each adds its own in AppConfig.ready()."""


@dataclass(frozen=True, slots=True)
class BusinessDetails:
    """What an owner says when opening a business; slug is its address on this site, logo a picture drawn anew."""

    name: str
    slug: str
    currency: str
    time_zone: str
    language: str
    colour: str = "#7a3e1d"
    tagline: str = ""
    country: str = ""
    address: str = ""
    contact_email: str = ""
    logo: ContentFile[bytes] | None = None


@transaction.atomic
def open_business(*, details: BusinessDetails, by: Actor, at: datetime, called: str = "") -> StaffRole:
    """Open a business with its first location, owned by by.user; return the owner's role.

    called is the owner's name at the till. Locks the log-in. Raises SlugTaken, SlugReserved, JustOpened.
    """
    assert by.user is not None
    _check_once(by.user, details.name, at)
    if details.slug in RESERVED_SLUGS:
        raise SlugReserved(details.slug)
    if Business.objects.filter(slug=details.slug).exists():
        raise SlugTaken(details.slug)
    business = _create(details, at)
    Location.objects.create(business=business, name=_("Main shop"), address=details.address)
    role = StaffRole.objects.create(
        business=business, user=by.user, role=Role.OWNER, display_name=called or display_name(by.user), started_at=at
    )
    audit.record(verb="business.opened", by=by, at=at, business=business, obj=business)
    for follow in opened:
        follow(business, by, at)
    return role


def _check_once(user: User, name: str, at: datetime) -> None:
    User.objects.select_for_update().get(pk=user.pk)
    mine = StaffRole.objects.filter(user=user, role=Role.OWNER, ended_at=None, business__name=name)
    role = mine.filter(business__opened_at__gt=at - MOMENT, business__opened_at__lte=at).first()
    if role:
        raise JustOpened(role)


def _create(details: BusinessDetails, at: datetime) -> Business:
    values = {name: getattr(details, name) for name in details.__dataclass_fields__}
    business = Business(**values | {"logo": details.logo or ""}, opened_at=at)
    try:
        with transaction.atomic():
            business.save(force_insert=True)
    except IntegrityError:
        business.logo.delete(save=False)
        raise SlugTaken(details.slug) from None
    return business


def display_name(user: User) -> str:
    """Return what the till calls a log-in: its name, or the part of the address before the @."""
    return (user.name or user.email.split("@", 1)[0])[:60]


@transaction.atomic
def change_details(*, business: Business, changes: dict[str, Any], by: Actor, at: datetime) -> Business:
    """Change a business's own details (never slug or currency); the audit names the changed fields.

    logo is a picture drawn anew, or "" to have none; the old file goes when the change is sure. Locks the business.
    """
    fixed = {"slug", "currency"} & changes.keys()
    if fixed:
        raise ValidationError(f"{sorted(fixed)} cannot change")
    row = Business.objects.select_for_update().get(pk=business.pk)
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    if not changed:
        return row
    storage, old_logo = row.logo.storage, row.logo.name
    # The proof of the books reckons the days of earlier bookings by the clocks of their time.
    before = {"time_zone_before": row.time_zone} if "time_zone" in changed else {}
    told = audit.changes(row, {name: changes[name] for name in changed})
    for name in changed:
        setattr(row, name, changes[name])
    row.save(update_fields=changed)
    if old_logo and row.logo.name != old_logo:
        transaction.on_commit(partial(storage.delete, old_logo))
    audit.record(verb="business.changed", by=by, at=at, business=row, obj=row, fields=changed, changes=told, **before)
    return row


def show_checklist(*, business: Business, shown: bool, by: Actor, at: datetime) -> Business:
    """Put the set-up checklist away, or bring it back."""
    return change_details(business=business, changes={"checklist_hidden_at": None if shown else at}, by=by, at=at)
