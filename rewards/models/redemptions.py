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
