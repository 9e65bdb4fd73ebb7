"""Who did what: one row for every act that gives value or uses a privilege."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.base import AppendOnly
from loyalty.models.businesses import Business
from loyalty.models.staff import StaffRole


class AuditEvent(AppendOnly):
    """An append-only record of an act. data holds ids and numbers, never personal data."""

    business = models.ForeignKey(Business, models.PROTECT, null=True, blank=True, related_name="audit_events")
    at = models.DateTimeField(_("at"))
    verb = models.CharField(_("verb"), max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    staff = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(_("channel"), max_length=10)
    object_type = models.CharField(_("type"), max_length=40, blank=True)
    object_id = models.CharField(_("id"), max_length=40, blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [models.Index(fields=["business", "-at", "-id"], name="audit_recent")]
