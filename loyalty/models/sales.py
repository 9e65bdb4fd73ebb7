"""Purchases, visits and refunds, of accounts and of walk-ins."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.accounts import Account
from loyalty.models.base import PublicId
from loyalty.models.businesses import Business, Location
from loyalty.models.staff import StaffRole


class SaleSource(models.TextChoices):
    """Where a sale was recorded."""

    COUNTER = "counter", _("Counter")
    IMPORT = "import", _("Import")
    API = "api", _("Till")


class Sale(PublicId):
    """A purchase or a visit. account is None for a walk-in.

    total is what was paid for goods after discounts, tax included, in the currency's smallest parts.
    receipt is the till's own number; with it the same sale cannot be recorded twice.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="sales")
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="sales")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    staff = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(_("source"), max_length=10, choices=SaleSource)
    receipt = models.CharField(_("receipt number"), max_length=60, null=True, blank=True)  # noqa: DJ001
    key = models.CharField(_("key"), max_length=120)
    is_visit = models.BooleanField(_("visit without a purchase"), default=False)
    total = models.BigIntegerField(_("total"))
    total_before_tax = models.BigIntegerField(_("total before tax"))
    paid_with_reward = models.BigIntegerField(_("part paid with a reward"), default=0)
    refunded = models.BigIntegerField(_("refunded so far"), default=0)
    at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    batch = models.ForeignKey("loyalty.ImportBatch", models.PROTECT, null=True, blank=True, related_name="sales")

    class Meta:
        verbose_name = _("sale")
        verbose_name_plural = _("sales")
        constraints = [
            models.UniqueConstraint(fields=["business", "key"], name="sale_key_once"),
            models.UniqueConstraint(
                fields=["business", "receipt"], condition=models.Q(undone_at=None), name="sale_receipt_once"
            ),
            models.CheckConstraint(condition=models.Q(total__gte=0), name="sale_total_not_negative"),
            models.CheckConstraint(
                condition=models.Q(refunded__gte=0) & models.Q(refunded__lte=models.F("total")),
                name="sale_refunded_in_range",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-at", "-id"], name="sale_recent"),
            models.Index(fields=["account", "-at", "-id"], name="sale_of_account"),
        ]


class SaleLine(models.Model):
    """One line of a receipt. quantity_thousandths: 1500 is one and a half."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="lines")
    item = models.CharField(_("item"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=60, blank=True)
    quantity_thousandths = models.BigIntegerField(_("quantity in thousandths"), default=1000)
    amount = models.BigIntegerField(_("amount"))
    amount_before_tax = models.BigIntegerField(_("amount before tax"))
    returned_thousandths = models.BigIntegerField(_("returned so far in thousandths"), default=0)

    class Meta:
        verbose_name = _("sale line")
        verbose_name_plural = _("sale lines")
        indexes = [models.Index(fields=["sale", "item"], name="sale_line_item")]


class Refund(PublicId):
    """Money given back for a sale; sale is None for a return whose purchase is not known.

    lines says how many thousandths of which sale line came back, by its id as text, where that is known.
    undone_at: the import that brought it was undone, what it took back was added again.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="refunds")
    sale = models.ForeignKey(Sale, models.PROTECT, null=True, blank=True, related_name="refunds")
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="refunds")
    staff = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(_("key"), max_length=120)
    receipt = models.CharField(_("receipt number"), max_length=60, blank=True)
    amount = models.BigIntegerField(_("amount"))
    lines = models.JSONField(_("lines that came back"), default=dict, blank=True)
    at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    batch = models.ForeignKey("loyalty.ImportBatch", models.PROTECT, null=True, blank=True, related_name="refunds")

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(fields=["business", "key"], name="refund_key_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="refund_amount_not_negative"),
        ]
        indexes = [models.Index(fields=["business", "-at", "-id"], name="refund_recent")]
