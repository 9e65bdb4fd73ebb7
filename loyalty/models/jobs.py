"""The recurring work of the installation, visible on the system page."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One named recurring job: when it is due, when it ran and what came of it."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    next_run_at = models.DateTimeField(_("next run at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a loop of the background worker was last seen at work."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
