"""Adjustments: what staff add to an account or remove from it by hand, with a reason and, if large, a second person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.accounts import Account
from loyalty.models.base import PublicId
from loyalty.models.businesses import Business
from loyalty.models.ledger import Posting
from loyalty.models.program import Unit
from loyalty.models.staff import StaffRole


class AdjustmentState(models.TextChoices):
    """Where an adjustment stands."""

    WAITING = "waiting", _("Waits for a second person")
    BOOKED = "booked", _("Booked")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Adjustment(PublicId):
    """An adjustment as it was asked for, and what became of it. amount is signed, in smallest parts of the unit.

    What is added is good through last_good_day, in the business's time zone; None is for ever.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="adjustments")
    account = models.ForeignKey(Account, models.PROTECT, related_name="adjustments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    key = models.CharField(_("key"), max_length=120)
    amount = models.BigIntegerField(_("amount"))
    last_good_day = models.DateField(_("last good day"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=AdjustmentState, default=AdjustmentState.WAITING)
    asked_by = models.ForeignKey(StaffRole, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    posting = models.OneToOneField(Posting, models.PROTECT, null=True, blank=True, related_name="adjustment")

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints = [
            models.UniqueConstraint(fields=["business", "key"], name="adjustment_key_once"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="adjustment_not_zero"),
            models.CheckConstraint(
                condition=models.Q(state="booked") ^ models.Q(posting=None), name="adjustment_booked_has_posting"
            ),
        ]
        indexes = [models.Index(fields=["business", "state", "-asked_at", "-id"], name="adjustment_by_state")]
