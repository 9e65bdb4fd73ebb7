"""How often something was tried, counted where all processes see it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TryCount(models.Model):
    """How often one visitor, account or address tried one thing in the window that runs; only a digest says who.

    window is the number of the window since 1970, each as long as the limit counts. Deleted once it is over.
    """

    name = models.CharField(_("name"), max_length=40)
    who = models.CharField(max_length=64, editable=False)
    window = models.BigIntegerField(_("window"))
    tries = models.PositiveIntegerField(_("tries"))
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("count of tries")
        verbose_name_plural = _("counts of tries")
        constraints = [models.UniqueConstraint(fields=["name", "who"], name="try_counted_once")]
        indexes = [models.Index(fields=["expires_at"], name="try_count_expires")]

    def __str__(self) -> str:
        return self.name
