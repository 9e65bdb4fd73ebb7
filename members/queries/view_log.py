"""Who of the staff saw members' personal data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loyalty.models import Business, StaffRole
from members.models import Member, ViewLog


@dataclass(frozen=True, slots=True)
class Look:
    """One look at personal data: who, where, when, at how many members; member is None for a list."""

    at: datetime
    who: str
    place: str
    rows: int
    member: Member | None


def looks_of_business(business: Business, *, staff: str = "") -> QuerySet[ViewLog]:
    """Return the looks at a business's members, or those of one of its staff: the public id of a role, as typed."""
    rows = ViewLog.objects.filter(business=business).select_related("member")
    if not staff:
        return rows
    try:
        role = UUID(staff)
    except ValueError:
        return rows.none()
    return rows.filter(user__in=StaffRole.objects.filter(business=business, public_id=role).values("user"))


def looks_at(member: Member, *, limit: int) -> list[Look]:
    """Return the newest looks at one member's record. Two queries."""
    rows = ViewLog.objects.filter(member=member).select_related("member").order_by("-at", "-pk")[:limit]
    return described(member.business, list(rows))


def described(business: Business, rows: Iterable[ViewLog]) -> list[Look]:
    """Return looks with the name that the business knows the looker by; nobody of the platform's staff is named."""
    rows = list(rows)
    names = dict(
        StaffRole.objects.filter(business=business, user__in={row.user_id for row in rows})
        .order_by("pk")
        .values_list("user_id", "display_name")
    )
    return [
        Look(row.at, names.get(row.user_id) or _("Staff of this site"), place_of(row.page), row.rows, row.member)
        for row in rows
    ]


def place_of(page: str) -> str:
    """Return in words where a page belongs; page is the name of its address."""
    places = {"admin": _("Back office"), "counter": _("Counter"), "console": _("Console"), "rewards:": _("Console")}
    return next((place for part, place in places.items() if part in page), page)


def lookers(business: Business) -> list[StaffRole]:
    """Return everybody who works or worked in a business, by name."""
    return list(StaffRole.objects.filter(business=business).order_by("display_name", "pk"))
