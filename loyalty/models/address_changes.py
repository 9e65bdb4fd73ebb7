"""Changes of the address that somebody signs in with."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.base import PublicId
from loyalty.models.staff import User

UNDO_WITHIN = timedelta(days=7)


class AddressChange(PublicId):
    """A change of a log-in's address: asked for, then counting, and for seven days undone by whoever had the old one.

    undone_at: it was stopped before it counted, or put back afterwards. The row is deleted after thirty days.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="address_changes", verbose_name=_("log-in"))
    before = models.EmailField(_("old address"))
    after = models.EmailField(_("new address"))
    asked_at = models.DateTimeField(_("asked at"))
    counted_at = models.DateTimeField(_("counted from"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of an address")
        verbose_name_plural = _("changes of addresses")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["asked_at"], name="address_change_by_age")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"

    @property
    def undo_until(self) -> datetime:
        """The moment until which it can be undone."""
        return (self.counted_at or self.asked_at) + UNDO_WITHIN

    def can_be_undone(self, at: datetime) -> bool:
        """Whether it was not undone, and is not too old."""
        return self.undone_at is None and at < self.undo_until
