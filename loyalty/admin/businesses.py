"""Businesses and their branches."""

from django.contrib import admin

from loyalty.admin.base import LookOnlyAdmin, LookOnlyInline
from loyalty.models import Business, Location, SharedTill


class LocationInline(LookOnlyInline[Location, Business]):
    model = Location
    fields = ["name", "address", "closed_at"]


@admin.register(Business)
class BusinessAdmin(LookOnlyAdmin[Business]):
    list_display = ["name", "slug", "currency", "time_zone", "language", "opened_at", "closed_at"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "currency", "language", "opened_at"]
    search_fields = ["name", "slug", "contact_email"]
    ordering = ["name"]
    inlines = [LocationInline]
    date_hierarchy = "opened_at"


@admin.register(SharedTill)
class SharedTillAdmin(LookOnlyAdmin[SharedTill]):
    list_display = ["name", "business", "location", "paired_at", "expires_at", "used_at", "ended_at"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter), "paired_at"]
    list_select_related = ["business", "location"]
    search_fields = ["name", "business__name"]
    ordering = ["-paired_at"]
