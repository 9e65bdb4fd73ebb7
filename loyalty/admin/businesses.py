"""Businesses and their branches."""

from django.contrib import admin

from loyalty.admin.base import LookOnlyAdmin, LookOnlyInline
from loyalty.models import Business, Location


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
