"""Devices that are paired as a till of a business."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.base import PublicId
from loyalty.models.businesses import Business, Location
from loyalty.models.staff import StaffRole


class SharedTill(PublicId):
    """A browser that an owner or manager paired once: it opens the counter, by PIN, and nothing else.

    Its session ends with expires_at or, at once, with ended_at. used_at is right to five minutes. Ended, never deleted:
    the audit names it.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="shared_tills")
    name = models.CharField(_("name"), max_length=40)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    paired_by = models.ForeignKey(StaffRole, models.PROTECT, related_name="+")
    paired_at = models.DateTimeField(_("paired at"))
    expires_at = models.DateTimeField(_("paired until"))
    used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("shared device")
        verbose_name_plural = _("shared devices")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "name"], condition=models.Q(ended_at=None), name="shared_till_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_paired(self, at: datetime) -> bool:
        """Return whether its session holds at a moment."""
        return self.ended_at is None and at < self.expires_at
