"""Takings of rewards, and the vouchers that they yield."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models import Account, Business, Channel, Posting, StaffRole
from loyalty.models.base import PublicId
from rewards.models.catalogue import Reward


class Redemption(PublicId):
    """A member's taking of a reward, at the price of that moment."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="redemptions")
    account = models.ForeignKey(Account, models.PROTECT, related_name="redemptions")
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="redemptions")
    posting = models.OneToOneField(Posting, models.PROTECT, related_name="redemption")
    cost = models.PositiveBigIntegerField(_("cost"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    staff = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("redeemed at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        indexes = [
            models.Index(fields=["account", "reward"], name="redemption_of_account"),
            models.Index(fields=["business", "-at", "-id"], name="redemption_recent"),
        ]


class VoucherState(models.TextChoices):
    """Where a voucher stands."""

    ISSUED = "issued", _("Ready to use")
    USED = "used", _("Used")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


class Voucher(PublicId):
    """The code that a redemption yields; it is used at most once, through its last good day."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="vouchers")
    redemption = models.OneToOneField(Redemption, models.PROTECT, related_name="voucher")
    code = models.CharField(_("code"), max_length=20)
    state = models.CharField(_("state"), max_length=10, choices=VoucherState, default=VoucherState.ISSUED)
    last_good_day = models.DateField(_("last good day"), null=True, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    used_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    used_key = models.CharField(_("key of the use"), max_length=64, blank=True)
    """The key under which it was used last, also when that was taken back; empty where nobody gave one."""
    closed_at = models.DateTimeField(_("cancelled or expired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        constraints = [models.UniqueConstraint(fields=["business", "code"], name="voucher_code_once")]
        indexes = [
            models.Index(
                fields=["business", "last_good_day"], condition=models.Q(state="issued"), name="voucher_open_by_day"
            )
        ]

    def __str__(self) -> str:
        return self.code

    def state_on(self, day: date) -> VoucherState:
        """Return the state on a day of the business, whether or not the job that expires has run."""
        run_out = self.state == VoucherState.ISSUED and self.last_good_day and self.last_good_day < day
        return VoucherState.EXPIRED if run_out else VoucherState(self.state)


class RedemptionUndo(models.Model):
    """That a redemption was undone or its voucher made good again, and how it stood before: so this can be undone, too.

    reason is given where the business's undo minutes were over. undone_at: the undo itself was undone; again is the
    redemption that stands in place of the undone one since, None where its voucher is used again.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="redemption_undos")
    redemption = models.ForeignKey(Redemption, models.PROTECT, related_name="undos", db_index=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state_before = models.CharField(_("state of the voucher before"), max_length=10, choices=VoucherState)
    used_at_before = models.DateTimeField(_("used before at"), null=True, blank=True)
    used_by_before = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    gave_back = models.BooleanField(_("gave back what was spent"))
    at = models.DateTimeField(_("at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    again = models.OneToOneField(Redemption, models.PROTECT, null=True, blank=True, related_name="stands_for")

    class Meta:
        verbose_name = _("undo of a redemption")
        verbose_name_plural = _("undos of redemptions")
        indexes = [models.Index(fields=["redemption", "-id"], name="redemption_undo_last")]
