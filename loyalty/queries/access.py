"""The only way from an address to a business, and from a log-in to its role there."""

from django.db.models import BigIntegerField, CharField, Exists, OuterRef, QuerySet
from django.http import Http404

from loyalty.models import Adjustment, AdjustmentState, Business, StaffRole, User
from loyalty.queries.prepared import Given, Prepared

ADJUSTMENTS = "adjustments"

_SLUG = Given("slug", CharField())
_USER = Given("user", BigIntegerField())


def _roles() -> QuerySet[StaffRole]:
    asked = Adjustment.objects.filter(business=OuterRef("business"), state=AdjustmentState.WAITING)
    roles = StaffRole.objects.filter(user=_USER, ended_at=None, user__is_active=True)
    return roles.annotate(**{ADJUSTMENTS: Exists(asked.exclude(asked_by__user=_USER))})


_BUSINESS = Prepared(lambda: Business.objects.filter(slug=_SLUG, closed_at=None))
_STAFF = Prepared(lambda: _roles().filter(business__slug=_SLUG, business__closed_at=None), "business", "location")
_ROLE = Prepared(lambda: _roles().filter(business=Given("business", BigIntegerField())), "location")


def business_at(slug: str) -> Business:
    """Return the open business at an address, or raise Http404."""
    found = _BUSINESS.one(slug=slug)
    if found is None:
        raise Http404
    return found


def slug_of(business_id: int) -> str:
    """Return the address of an open business, or an empty text. One query."""
    return Business.objects.filter(pk=business_id, closed_at=None).values_list("slug", flat=True).first() or ""


def workplace(business_id: int, user: User) -> Business | None:
    """Return an open business if the log-in works there. One query."""
    roles = {"staff__user": user, "staff__ended_at": None}
    return Business.objects.filter(pk=business_id, closed_at=None, **roles).first()


def staff_at(slug: str, user: User) -> StaffRole | None:
    """Return the log-in's running role in the open business at an address, with both. As role_in; one query for all."""
    return _of(user, _STAFF.one(slug=slug, user=user.pk))


def role_in(business: Business, user: User) -> StaffRole | None:
    """Return the log-in's running role in the business, read anew at every request.

    Its waiting says what waits for it: ADJUSTMENTS that a colleague asked for. One query.
    """
    role = _of(user, _ROLE.one(business=business.pk, user=user.pk))
    if role:
        role.business = business
    return role


def _of(user: User, role: StaffRole | None) -> StaffRole | None:
    if role:
        role.user, role.waiting = user, {ADJUSTMENTS} if getattr(role, ADJUSTMENTS) else set()
    return role


def roles_of(user: User) -> list[StaffRole]:
    """Return every business the log-in works in, by name."""
    return list(
        StaffRole.objects.filter(user=user, ended_at=None, business__closed_at=None)
        .select_related("business")
        .order_by("business__name")
    )
