"""What members were told would run out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.members import Member


class ExpiryWarning(models.Model):
    """A member was told that something is good through a day: once, whatever becomes of the message."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="expiry_warnings")
    last_good_day = models.DateField(_("last good day"))
    at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("warning of an expiry")
        verbose_name_plural = _("warnings of an expiry")
        constraints = [models.UniqueConstraint(fields=["member", "last_good_day"], name="expiry_warning_once")]
