"""The devices that are paired as tills of a business."""

from datetime import datetime
from uuid import UUID

from django.shortcuts import get_object_or_404

from loyalty.models import Business, SharedTill


def paired_tills(business: Business, at: datetime) -> list[SharedTill]:
    """Return the devices that are paired, by name, with location and who paired them. One query."""
    rows = SharedTill.objects.filter(business=business, ended_at=None, expires_at__gt=at)
    return list(rows.select_related("location", "paired_by").order_by("name", "pk"))


def till_at(business: Business, public_id: UUID, at: datetime) -> SharedTill:
    """Return a paired device of the business, or raise Http404."""
    rows = SharedTill.objects.filter(business=business, ended_at=None, expires_at__gt=at)
    return get_object_or_404(rows, public_id=public_id)


def open_till(pk: int, at: datetime) -> SharedTill | None:
    """Return a device whose pairing holds, with its open business and its location. One query."""
    rows = SharedTill.objects.filter(pk=pk, ended_at=None, expires_at__gt=at, business__closed_at=None)
    return rows.select_related("business", "location").first()
