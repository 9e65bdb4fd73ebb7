"""The hash chain over a business's postings: what makes a row that was changed behind our back stand out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.base import AppendOnly
from loyalty.models.businesses import Business
from loyalty.models.ledger import Posting


class ChainLink(AppendOnly):
    """One posting's place in the chain; digest covers the digest before it and what the posting booked."""

    posting = models.OneToOneField(Posting, models.PROTECT, primary_key=True, related_name="link")
    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField(_("number"))
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("link of the chain")
        verbose_name_plural = _("links of the chain")
        constraints = [models.UniqueConstraint(fields=["business", "number"], name="chain_number_once")]


class Seal(AppendOnly):
    """The head of a business's chain as it stood when a day was sealed, to be kept elsewhere, too.

    day is a date in the business's time zone; number and digest are those of the last link.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="seals")
    day = models.DateField(_("day"))
    number = models.PositiveBigIntegerField(_("number of links"))
    digest = models.CharField(_("digest"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed at"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [models.UniqueConstraint(fields=["business", "day"], name="seal_once_a_day")]
