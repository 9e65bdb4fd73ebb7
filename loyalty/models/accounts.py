"""A member's book in one business, under a card number, without a name."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.base import PublicId
from loyalty.models.businesses import Business


class Account(PublicId):
    """A pseudonymous account. Who it belongs to is known in members only, if at all.

    customer_number is what an imported file or a till calls the customer. merged_into is the account that what
    is left here belongs to, while a merge stands.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="accounts")
    card_code = models.CharField(_("card code"), max_length=20)
    customer_number = models.CharField(_("customer number"), max_length=60, null=True, blank=True)  # noqa: DJ001
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["business", "card_code"], name="account_card_code_once"),
            models.UniqueConstraint(fields=["business", "customer_number"], name="account_customer_number_once"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="account_not_in_itself",
            ),
        ]
        indexes = [models.Index(fields=["business", "-opened_at", "-id"], name="account_recent")]

    def __str__(self) -> str:
        return self.card_code
