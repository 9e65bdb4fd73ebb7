"""Adjustments of a business: those that wait for a second person, and the others, the newest first."""

from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from loyalty.models import Account, Adjustment, AdjustmentState, Business, Unit
from loyalty.queries.keyset import Slice, newest_first

MOST_WAITING = 100


def units_of(business: Business) -> list[Unit]:
    """Return all that the business counts or has counted."""
    return list(Unit.objects.filter(business=business).order_by("pk"))


def unit_held(account: Account, code: str) -> Unit:
    """Return the unit with a code of an account's business, or raise Http404."""
    return get_object_or_404(Unit, business=account.business_id, code=code)


def day_by_rule(unit: Unit, day: date) -> date | None:
    """Return the last good day of what is added by hand on a day, by the unit's rule, in the business's zone.

    None where it never expires, or where only inactivity lets it expire and the day therefore moves.
    """
    return unit.good_through(day)


def needs_second_person(unit: Unit, amount: int) -> bool:
    """Return whether so much (smallest parts, negative: taken away) is more than one person may adjust alone."""
    return unit.adjustment_limit is not None and abs(amount) > unit.adjustment_limit


def _rows(business: Business) -> QuerySet[Adjustment]:
    return (
        Adjustment.objects.filter(business=business)
        .annotate(at=F("asked_at"))
        .select_related("account", "unit", "asked_by", "decided_by", "posting")
    )


def waiting(business: Business) -> list[Adjustment]:
    """Return what waits for a second person, the oldest first; a hundred at most. One query."""
    return list(_rows(business).filter(state=AdjustmentState.WAITING).order_by("asked_at", "pk")[:MOST_WAITING])


def decided(business: Business, *, size: int, before: str = "", after: str = "") -> Slice[Adjustment]:
    """Return a page of all others. One query."""
    rows = _rows(business).exclude(state=AdjustmentState.WAITING)
    return newest_first(rows, size=size, before=before, after=after)


def adjustment_at(business: Business, public_id: UUID) -> Adjustment:
    """Return an adjustment of the business, or raise Http404."""
    rows = Adjustment.objects.select_related("account__business", "unit", "asked_by", "business")
    return get_object_or_404(rows, business=business, public_id=public_id)
