"""What a business runs: units, and versions of a program with its rules."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.engine.amounts import Rounding
from loyalty.engine.lots import ExpiryKind, ExpiryPolicy
from loyalty.engine.policies import Step, award_good_through, may_go_quiet, policy_on
from loyalty.engine.rules import Method, Trigger
from loyalty.models.base import PublicId
from loyalty.models.businesses import Business


class UnitKind(models.TextChoices):
    """What a unit counts."""

    POINTS = "points", _("Points")
    STAMPS = "stamps", _("Stamps")
    CREDIT = "credit", _("Store credit")


class Unit(PublicId):
    """What is counted: points of any name, the stamps of one card, or store credit in cents.

    Amounts of a unit are whole numbers of its smallest part: with decimals=1, 996 means 99.6.
    An award can be spent hold_days after the day it was earned. An adjustment of more than adjustment_limit, either
    way, needs a second person; without a limit none does.

    expiry and expiry_count are the policy that was announced last. steps_kept is every policy that held, holds or is
    announced, each from its day, once one has changed: what UnitPolicy rows say, proven by verify_ledger. The size of
    a card before card_size_from, a day in the business's zone, is earlier_card_size.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="units")
    code = models.CharField(_("code"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=UnitKind)
    name = models.CharField(_("name of several"), max_length=40)
    name_one = models.CharField(_("name of one"), max_length=40)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    card_size = models.PositiveSmallIntegerField(_("stamps on a card"), null=True, blank=True)
    rounding = models.CharField(
        _("rounding"), max_length=10, choices=[(r.value, r.value) for r in Rounding], default=Rounding.DOWN.value
    )
    expiry = models.CharField(
        _("expiry"), max_length=24, choices=[(k.value, k.value) for k in ExpiryKind], default=ExpiryKind.NEVER.value
    )
    expiry_count = models.PositiveSmallIntegerField(_("days or months"), default=0)
    hold_days = models.PositiveSmallIntegerField(_("days until an award can be spent"), default=0)
    steps_kept = models.JSONField(_("expiry by day"), null=True, blank=True)
    earlier_card_size = models.PositiveSmallIntegerField(_("stamps on a card before"), null=True, blank=True)
    card_size_from = models.DateField(_("stamps on a card from"), null=True, blank=True)
    adjustment_limit = models.PositiveBigIntegerField(
        _("adjustment that one person may make alone, in smallest parts"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [models.UniqueConstraint(fields=["business", "code"], name="unit_code_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def policy(self) -> ExpiryPolicy:
        """How long it is good for by what was announced last, in the engine's terms."""
        return ExpiryPolicy(ExpiryKind(self.expiry), self.expiry_count)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every policy with the day, in the business's zone, from which it holds."""
        if not self.steps_kept:
            return (Step(self.policy),)
        return tuple(
            Step(ExpiryPolicy(ExpiryKind(kind), count), date.fromisoformat(day) if day else None, row)
            for day, kind, count, row in self.steps_kept
        )

    @property
    def may_go_quiet(self) -> bool:
        """Whether inactivity lets, let or will let it expire."""
        return may_go_quiet(self.steps)

    def policy_on(self, day: date) -> ExpiryPolicy:
        """Return the policy that holds on a day in the business's zone."""
        return policy_on(self.steps, day)

    def good_through(self, day: date) -> date | None:
        """Return the last good day of what is awarded on a day, both in the business's zone.

        None where it never expires, or where only inactivity lets it expire and the day therefore moves.
        """
        return award_good_through(self.steps, day)

    def card_size_on(self, day: date) -> int | None:
        """Return how many stamps a card has on a day in the business's zone."""
        return self.earlier_card_size if self.card_size_from and day < self.card_size_from else self.card_size

    def take(self, settings: Mapping[str, Any]) -> None:
        """Set what a version of the program says of this unit, without saving.

        A policy that was not announced, as of a draft, is read as if it had always held.
        """
        for name, value in settings.items():
            setattr(self, name, value)
        if self.steps[-1].policy != self.policy:
            self.steps_kept = None


class VersionState(models.TextChoices):
    """Where a version of the program stands."""

    DRAFT = "draft", _("Draft")
    LIVE = "live", _("Live")
    RETIRED = "retired", _("Retired")


class ProgramVersion(PublicId):
    """One version of a business's program: its rules hold from live_from until retired_at.

    At most one draft and one live version exist; a live version's rules are never edited.
    unit_settings says, by unit code, what the version makes of its units: going live writes it to them.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="program_versions")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    name = models.CharField(_("name"), max_length=80)
    units = models.ManyToManyField(Unit, related_name="versions", verbose_name=_("units"))
    unit_settings = models.JSONField(_("settings of the units"), default=dict, blank=True)
    bonuses_multiply = models.BooleanField(_("several multipliers multiply"), default=False)
    created_at = models.DateTimeField(_("created at"))
    live_from = models.DateTimeField(_("live from"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("program version")
        verbose_name_plural = _("program versions")
        constraints = [
            models.UniqueConstraint(fields=["business", "number"], name="program_version_number_once"),
            models.UniqueConstraint(fields=["business"], condition=models.Q(state="draft"), name="program_one_draft"),
            models.UniqueConstraint(fields=["business"], condition=models.Q(state="live"), name="program_one_live"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.number}"


class RuleScope(models.Model):
    """Which purchases a rule or bonus looks at; empty lists and blanks mean "all"."""

    included_items = models.JSONField(_("only these items"), default=list, blank=True)
    excluded_items = models.JSONField(_("not these items"), default=list, blank=True)
    included_categories = models.JSONField(_("only these categories"), default=list, blank=True)
    excluded_categories = models.JSONField(_("not these categories"), default=list, blank=True)
    weekdays = models.JSONField(_("weekdays, Monday = 0"), default=list, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("before"), null=True, blank=True)
    minimum = models.PositiveBigIntegerField(_("minimum purchase in smallest parts"), default=0)

    class Meta:
        abstract = True


class EarningRule(PublicId, RuleScope):
    """Trigger + conditions + award + limits; the engine's Rule in the database.

    Before limit_from, a day in the business's zone, earlier_limit_per_day holds in place of limit_per_day.
    """

    version = models.ForeignKey(ProgramVersion, models.CASCADE, related_name="rules")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rules")
    name = models.CharField(_("name"), max_length=80)
    trigger = models.CharField(_("trigger"), max_length=10, choices=[(t.value, t.value) for t in Trigger])
    method = models.CharField(_("method"), max_length=12, choices=[(m.value, m.value) for m in Method])
    award = models.PositiveBigIntegerField(_("award in smallest parts of the unit"))
    per_amount = models.PositiveBigIntegerField(_("for each amount of"), default=0)
    whole_steps = models.BooleanField(_("whole steps only"), default=False)
    before_tax = models.BooleanField(_("counts before tax"), default=False)
    exclusive = models.BooleanField(_("stands alone"), default=False)
    priority = models.SmallIntegerField(_("priority"), default=0)
    limit_per_day = models.PositiveBigIntegerField(_("limit per member and day"), null=True, blank=True)
    limit_from = models.DateField(_("limit from"), null=True, blank=True)
    earlier_limit_per_day = models.PositiveBigIntegerField(_("limit before"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")

    def __str__(self) -> str:
        return self.name


class Bonus(PublicId, RuleScope):
    """A multiplier or an addition in a window, for example double points on Tuesday."""

    version = models.ForeignKey(ProgramVersion, models.CASCADE, related_name="bonuses")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="bonuses")
    name = models.CharField(_("name"), max_length=80)
    factor_thousandths = models.PositiveIntegerField(_("multiplier in thousandths"), null=True, blank=True)
    addition = models.PositiveBigIntegerField(_("addition in smallest parts"), default=0)
    multiplies_flat = models.BooleanField(_("also multiplies what is given once"), default=True, db_default=True)

    class Meta:
        verbose_name = _("bonus")
        verbose_name_plural = _("bonuses")

    def __str__(self) -> str:
        return self.name
