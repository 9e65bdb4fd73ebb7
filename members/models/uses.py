"""What a business does with what members agree to, in its own words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models import StaffRole
from loyalty.models.base import AppendOnly
from members.models.consent import Purpose


class PurposeUse(AppendOnly):
    """How a business uses a purpose from a moment on, outside of Regulars; without words it does so no more.

    The newest row holds. A purpose that is used for nothing is not asked.
    """

    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="uses")
    words = models.CharField(_("what it is used for"), max_length=200, blank=True)
    named_at = models.DateTimeField(_("named at"))
    named_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("use of a purpose")
        verbose_name_plural = _("uses of purposes")

    def __str__(self) -> str:
        return self.words
