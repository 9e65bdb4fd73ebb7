"""Two accounts of one customer made into one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.accounts import Account
from loyalty.models.base import PublicId
from loyalty.models.businesses import Business
from loyalty.models.staff import StaffRole


class AccountMerge(PublicId):
    """What was left in source belongs to target from merged_at until undone_at."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="merges")
    source = models.ForeignKey(Account, models.PROTECT, related_name="merges_away")
    target = models.ForeignKey(Account, models.PROTECT, related_name="merges_in")
    key = models.CharField(_("key"), max_length=120)
    merged_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    merged_at = models.DateTimeField(_("merged at"))
    undone_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("merge of accounts")
        verbose_name_plural = _("merges of accounts")
        constraints = [
            models.UniqueConstraint(fields=["business", "key"], name="merge_key_once"),
            models.UniqueConstraint(fields=["source"], condition=models.Q(undone_at=None), name="merge_one_at_a_time"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="merge_of_two"),
        ]
        indexes = [models.Index(fields=["business", "-merged_at", "-id"], name="merge_recent")]
