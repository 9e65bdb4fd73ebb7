"""What program holds for a business, and its rules in the engine's own terms."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

from django.db.models import BigIntegerField, Manager, OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from loyalty.engine.amounts import Rounding
from loyalty.engine.lots import first_good_day
from loyalty.engine.rules import Bonus as BonusFacts
from loyalty.engine.rules import Method, ProgramRules, Rule, Trigger
from loyalty.models import Bonus, Business, EarningRule, ProgramVersion, Unit, VersionState
from loyalty.queries.prepared import Given, Prepared


@dataclass(frozen=True, slots=True)
class LiveProgram:
    """A version with its units by code and its rules, read once."""

    version: ProgramVersion
    units: dict[str, Unit]
    rules: ProgramRules
    limited: frozenset[int]

    @property
    def wakes(self) -> bool:
        """Whether an award may first let something lapse that ran out because nothing happened."""
        return any(unit.may_go_quiet for unit in self.units.values())

    def good_until(self, unit: Unit, day: date) -> date | None:
        """Return the last good day of what is awarded on a day, both in the business's zone.

        None where it never expires, or where only inactivity lets it expire and the day therefore moves.
        """
        return unit.good_through(day)

    def good_from(self, unit: Unit, day: date) -> date | None:
        """Return the first good day of what is awarded on a day, both in the business's zone; None: at once."""
        return first_good_day(unit.hold_days, day)


def draft_version(business: Business) -> ProgramVersion | None:
    """Return the business's draft, if it has one."""
    return ProgramVersion.objects.filter(business=business, state=VersionState.DRAFT).first()


def live_version(business: Business) -> ProgramVersion | None:
    """Return the version that is live, if any."""
    return _LIVE.one(business=business.pk)


_LIVE = Prepared(
    lambda: ProgramVersion.objects.filter(business=Given("business", BigIntegerField()), state=VersionState.LIVE)
)


_SET_BY_GOING_LIVE = ("limit_from", "earlier_limit_per_day")
_ITS_OWN = {"id", "public_id", "version_id", *_SET_BY_GOING_LIVE}


def says_the_same(one: ProgramVersion, other: ProgramVersion) -> bool:
    """Return whether two versions are one program: its name, units and their settings, rules in order, bonuses.

    Six queries.
    """
    return _said(one) == _said(other)


def _said(version: ProgramVersion) -> tuple[object, ...]:
    rows = [*version.rules.order_by("position", "pk").values(), *version.bonuses.order_by("pk").values()]
    said = [{name: value for name, value in row.items() if name not in _ITS_OWN} for row in rows]
    units = set(version.units.values_list("pk", flat=True))
    return version.name, version.bonuses_multiply, version.unit_settings, units, said


def ever_live(business: Business) -> bool:
    """Return whether the business has gone live at any time."""
    return ProgramVersion.objects.filter(business=business).exclude(live_from=None).exists()


def history(business: Business) -> list[ProgramVersion]:
    """Return the versions that are or were live, the newest first."""
    return list(ProgramVersion.objects.filter(business=business).exclude(live_from=None).order_by("-live_from", "-pk"))


def version_number(business: Business, number: int) -> ProgramVersion:
    """Return a version by its number, or raise Http404."""
    return get_object_or_404(ProgramVersion.objects.select_related("business"), business=business, number=number)


def draft_rule(business: Business, public_id: UUID) -> EarningRule:
    """Return a rule of the draft, or raise Http404."""
    return get_object_or_404(_of_draft(EarningRule.objects, business), public_id=public_id)


def draft_bonus(business: Business, public_id: UUID) -> Bonus:
    """Return a bonus of the draft, or raise Http404."""
    return get_object_or_404(_of_draft(Bonus.objects, business), public_id=public_id)


def _of_draft[M: (EarningRule, Bonus)](rows: Manager[M], business: Business) -> QuerySet[M]:
    return rows.filter(version__business=business, version__state=VersionState.DRAFT).select_related(
        "version__business", "unit"
    )


def live_program(business: Business) -> LiveProgram | None:
    """Return the live version with its rules, or None while the business has not gone live.

    One query: the rules of a version that went live never change, so they are read once and kept.
    """
    version = live_version(business)
    if version is None:
        return None
    version.business = business
    return replace(_seen(business, version.public_id), version=version)


def which_is_live() -> Subquery:
    """Return, for a queryset whose rows have a business, the public id of the version that is live there."""
    rows = ProgramVersion.objects.filter(business=OuterRef("business"), state=VersionState.LIVE)
    return Subquery(rows.values("public_id"))


def program_that_is_live(business: Business, public_id: UUID) -> LiveProgram:
    """Return, with its rules, a version that was just found to be live. No query, but for those that read it once."""
    kept = _seen(business, public_id)
    version = copy(kept.version)
    version.business = business
    return replace(kept, version=version)


def _seen(business: Business, public_id: UUID) -> LiveProgram:
    if len(_last_seen) >= _SEEN:
        _last_seen.clear()
    _last_seen[business.pk] = public_id
    return _kept(public_id)


def kept_program(version: ProgramVersion) -> LiveProgram:
    """Return a version that is or was live with its rules, which never change: read once and kept."""
    return replace(_kept(version.public_id), version=version)


_SEEN = 10_000
_last_seen: dict[int, UUID] = {}


def last_seen_live(business: Business) -> LiveProgram | None:
    """Return the version that was live when this process last looked, without looking again; None where it never did.

    It may have been retired since: whoever books by it has to make sure of that in the same statement.
    """
    public_id = _last_seen.get(business.pk)
    if public_id is None:
        return None
    try:
        return _kept(public_id)
    except ProgramVersion.DoesNotExist:
        # Another database has taken the place of the one it was seen in, as a restored backup does.
        _last_seen.pop(business.pk, None)
        return None


@lru_cache(maxsize=256)
def _kept(public_id: UUID) -> LiveProgram:
    return load_program(ProgramVersion.objects.get(public_id=public_id))


def load_program(version: ProgramVersion) -> LiveProgram:
    """Return any version, also a draft, with its rules in the engine's terms. Three queries."""
    units = list(version.units.order_by("pk"))
    for unit in units:
        unit.take(version.unit_settings.get(unit.code, {}))
    rules = version.rules.select_related("unit").order_by("position", "pk")
    bonuses = version.bonuses.select_related("unit").order_by("pk")
    return assemble(version, units, list(rules), list(bonuses))


def assemble(
    version: ProgramVersion, units: Iterable[Unit], rules: Sequence[EarningRule], bonuses: Sequence[Bonus]
) -> LiveProgram:
    """Return rows, saved or not, as a program in the engine's terms."""
    by_code = {unit.code: unit for unit in units}
    return LiveProgram(
        version=version,
        units=by_code,
        rules=ProgramRules(
            rules=tuple(rule_facts(rule) for rule in rules),
            bonuses=tuple(bonus_facts(bonus) for bonus in bonuses),
            rounding={code: Rounding(unit.rounding) for code, unit in by_code.items()},
            bonuses_multiply=version.bonuses_multiply,
        ),
        limited=frozenset(rule.pk for rule in rules if {rule.limit_per_day, rule.earlier_limit_per_day} != {None}),
    )


def rule_facts(rule: EarningRule) -> Rule:
    """Return an earning rule in the engine's terms."""
    return Rule(
        id=rule.pk,
        name=rule.name,
        unit=rule.unit.code,
        trigger=Trigger(rule.trigger),
        method=Method(rule.method),
        award=rule.award,
        per_amount=rule.per_amount,
        whole_steps=rule.whole_steps,
        before_tax=rule.before_tax,
        minimum=rule.minimum,
        included_items=_set(rule.included_items),
        excluded_items=_set(rule.excluded_items),
        included_categories=_set(rule.included_categories),
        excluded_categories=_set(rule.excluded_categories),
        weekdays=frozenset(rule.weekdays),
        starts_at=rule.starts_at,
        ends_at=rule.ends_at,
        exclusive=rule.exclusive,
        priority=rule.priority,
        limit_per_day=rule.limit_per_day,
        limit_from=rule.limit_from,
        earlier_limit_per_day=rule.earlier_limit_per_day,
    )


def bonus_facts(bonus: Bonus) -> BonusFacts:
    """Return a bonus in the engine's terms."""
    factor = bonus.factor_thousandths
    return BonusFacts(
        id=bonus.pk,
        name=bonus.name,
        unit=bonus.unit.code,
        factor=Fraction(factor, 1000) if factor is not None else None,
        addition=bonus.addition,
        multiplies_flat=bonus.multiplies_flat,
        included_items=_set(bonus.included_items),
        excluded_items=_set(bonus.excluded_items),
        included_categories=_set(bonus.included_categories),
        excluded_categories=_set(bonus.excluded_categories),
        weekdays=frozenset(bonus.weekdays),
        starts_at=bonus.starts_at,
        ends_at=bonus.ends_at,
        minimum=bonus.minimum,
    )


def _set(values: Iterable[str]) -> frozenset[str]:
    return frozenset(values)
