"""Changes of how long a unit is good for, each with the day from which it holds, and what was given back of one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.engine.lots import ExpiryKind, ExpiryPolicy
from loyalty.engine.policies import Step
from loyalty.models.base import AppendOnly, PublicId
from loyalty.models.businesses import Business
from loyalty.models.program import Unit
from loyalty.models.staff import StaffRole


class UnitPolicy(AppendOnly, PublicId):
    """An expiry policy as it was announced, and the day in the business's zone from which it holds (None: always).

    A later row takes the place of those whose day is not before its own. The first of a unit says what held before.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="announcements")
    from_day = models.DateField(_("holds from"), null=True, blank=True)
    expiry = models.CharField(_("expiry"), max_length=24, choices=[(k.value, k.value) for k in ExpiryKind])
    expiry_count = models.PositiveSmallIntegerField(_("days or months"), default=0)
    announced_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    announced_at = models.DateTimeField(_("announced at"))

    class Meta:
        verbose_name = _("expiry policy")
        verbose_name_plural = _("expiry policies")
        indexes = [models.Index(fields=["business", "unit", "id"], name="policy_of_unit")]

    def __str__(self) -> str:
        return f"{self.expiry} {self.expiry_count} {self.from_day or ''}".strip()

    @property
    def step(self) -> Step:
        """The row in the engine's terms."""
        return Step(ExpiryPolicy(ExpiryKind(self.expiry), self.expiry_count), self.from_day, self.pk)


class PolicyReturn(AppendOnly, PublicId):
    """The act that gives back what a change of expiry took: good through a day, with a reason for members to read."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
    policy = models.ForeignKey(UnitPolicy, models.PROTECT, related_name="returns")
    key = models.CharField(_("key"), max_length=120)
    last_good_day = models.DateField(_("use by"))
    reason = models.CharField(_("reason"), max_length=200)
    returned_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    returned_at = models.DateTimeField(_("returned at"))

    class Meta:
        verbose_name = _("return of a change")
        verbose_name_plural = _("returns of changes")
        constraints = [models.UniqueConstraint(fields=["business", "key"], name="policy_return_key_once")]

    def __str__(self) -> str:
        return self.reason
