"""Addresses that are free, and the branches of a business."""

from itertools import count
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from loyalty.engine import slugs
from loyalty.models import Business, Location
from loyalty.models.businesses import RESERVED_SLUGS


def is_reserved(slug: str) -> bool:
    """Return whether an address belongs to a page of the site."""
    return slug in RESERVED_SLUGS


def is_free(slug: str) -> bool:
    """Return whether a business may take an address."""
    return not is_reserved(slug) and not Business.objects.filter(slug=slug).exists()


def free_slug(wanted: str) -> str:
    """Return an address like the one wanted that is free: itself, or with the smallest number behind it. One query."""
    taken = set(Business.objects.filter(slug__startswith=wanted[:30]).values_list("slug", flat=True)) | RESERVED_SLUGS
    candidates = (wanted if number == 1 else slugs.numbered(wanted, number) for number in count(1))
    return next(slug for slug in candidates if slug not in taken)


def propose(name: str) -> str:
    """Return a free address made of a name; "shop" with a number where the name has no letters for one. One query."""
    return free_slug(slugs.propose(name) or "shop")


def locations(business: Business) -> list[Location]:
    """Return the branches of a business, the open ones first, by name."""
    rows = Location.objects.filter(business=business).order_by("name", "pk")
    return sorted(rows, key=lambda row: row.closed_at is not None)


def open_locations(business: Business) -> QuerySet[Location]:
    """Return the branches that are open, by name."""
    return Location.objects.filter(business=business, closed_at=None).order_by("name", "pk")


def location_at(business: Business, public_id: UUID) -> Location:
    """Return a branch of the business, or raise Http404."""
    return get_object_or_404(Location, business=business, public_id=public_id)
