"""Purchases that were moved from one account to another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.accounts import Account
from loyalty.models.base import AppendOnly
from loyalty.models.businesses import Business
from loyalty.models.sales import Sale
from loyalty.models.staff import StaffRole


class SaleMove(AppendOnly):
    """One move of a sale, also of one that earned nothing: from source to target, None being a walk-in's."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
    sale = models.ForeignKey(Sale, models.PROTECT, related_name="moves")
    source = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    target = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(_("key"), max_length=120)
    moved_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    moved_at = models.DateTimeField(_("moved at"))

    class Meta:
        verbose_name = _("move of a sale")
        verbose_name_plural = _("moves of sales")
        constraints = [models.UniqueConstraint(fields=["business", "key"], name="move_key_once")]

    def __str__(self) -> str:
        return self.key
