"""Files of past sales on their way into the books."""

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.base import PublicId
from loyalty.models.businesses import Business
from loyalty.models.program import ProgramVersion
from loyalty.models.staff import StaffRole


class BatchState(models.TextChoices):
    """Where an import stands."""

    READING = "reading", _("Being read")
    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Ready to start")
    RUNNING = "running", _("Running")
    CANCELLED = "cancelled", _("Cancelled")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


def private_files() -> Storage:
    """Return where files lie that no address leads to."""
    return storages["private"]


class ImportBatch(PublicId):
    """One uploaded file of sales: how it is read, what its check found, how far it is booked.

    format and sample (the names of its columns and its first rows) are empty until the worker has looked into it.
    While it is read and checked, position and total count rows of the file; while it runs, receipts (position is the
    last one that is booked, so that a killed run goes on behind it); while it is undone, sales. columns, format,
    choices and report are the engine's own dataclasses as JSON; counts is what was booked, error why it failed, a code.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="import_batches")
    staff = models.ForeignKey(StaffRole, models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.READING)
    file = models.FileField(_("file"), upload_to="imports", storage=private_files, blank=True)
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    format = models.JSONField(_("format"), default=dict)
    sample = models.JSONField(_("first rows"), default=dict)
    columns = models.JSONField(_("columns"), default=dict)
    choices = models.JSONField(_("choices"), default=dict)
    report = models.JSONField(_("findings of the check"), default=dict)
    program = models.ForeignKey(ProgramVersion, models.PROTECT, null=True, blank=True, related_name="+")
    counts = models.JSONField(_("counts"), default=dict)
    cancels_vouchers = models.BooleanField(_("its undo cancels unused vouchers"), default=False)
    position = models.PositiveBigIntegerField(_("done so far"), default=0)
    total = models.PositiveBigIntegerField(_("to be done"), default=0)
    error = models.CharField(_("error"), max_length=40, blank=True)
    error_line = models.PositiveBigIntegerField(_("line of the error"), null=True, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["business", "-uploaded_at"], name="import_recent")]

    def __str__(self) -> str:
        return self.file_name
