"""The versions of a program: drafting one, going live, taking an older one up again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.domain.policies import adopt, phase_in_limits
from loyalty.engine.lots import ExpiryKind, ExpiryPolicy, holds_too_long
from loyalty.models import Bonus, Business, EarningRule, ProgramVersion, Unit, UnitKind, VersionState
from loyalty.queries.policies import is_settled
from loyalty.queries.program import LiveProgram, assemble, draft_version, live_version


class ProgramError(Exception):
    """A change of the program that is refused; nothing was written."""


class NothingToPublish(ProgramError):
    """There is no draft, or it has no earning rule."""


class DraftExists(ProgramError):
    """There is a draft already; it is changed or discarded first."""


class HoldTooLong(ProgramError):
    """An award of the unit could run out before it can be spent."""


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """A unit of the draft: made if its code is new. What was counted keeps its meaning: kind and decimals stay."""

    code: str
    kind: UnitKind
    name: str
    name_one: str
    decimals: int = 0
    card_size: int | None = None
    rounding: str = "down"
    expiry: str = "never"
    expiry_count: int = 0
    hold_days: int = 0

    @property
    def policy(self) -> ExpiryPolicy:
        """How long it is good for, in the engine's terms."""
        return ExpiryPolicy(ExpiryKind(self.expiry), self.expiry_count)

    def settings(self) -> dict[str, Any]:
        """Return what may change from version to version."""
        fixed = {"code", "kind", "decimals"}
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in fixed}

    def unsaved(self, business: Business) -> Unit:
        """Return the unit as a row that is not written."""
        return Unit(business=business, code=self.code, kind=self.kind, decimals=self.decimals, **self.settings())


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """An earning rule of the draft. fields: any other column of EarningRule (conditions, limits)."""

    unit: str
    name: str
    trigger: str
    method: str
    award: int
    per_amount: int = 0
    fields: dict[str, Any] = field(default_factory=dict)

    def values(self, units: Mapping[str, Unit]) -> dict[str, Any]:
        """Return the columns of an EarningRule, its unit from those given by code."""
        return {
            "unit": units[self.unit], "name": self.name, "trigger": self.trigger, "method": self.method,
            "award": self.award, "per_amount": self.per_amount, **self.fields,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class BonusDraft:
    """A bonus of the draft. fields: any other column of Bonus (window, conditions)."""

    unit: str
    name: str
    factor_thousandths: int | None = None
    addition: int = 0
    multiplies_flat: bool = True
    fields: dict[str, Any] = field(default_factory=dict)

    def values(self, units: Mapping[str, Unit]) -> dict[str, Any]:
        """Return the columns of a Bonus, its unit from those given by code."""
        return {
            "unit": units[self.unit], "name": self.name, "addition": self.addition,
            "factor_thousandths": self.factor_thousandths, "multiplies_flat": self.multiplies_flat, **self.fields,
        }  # fmt: skip


@transaction.atomic
def draft(
    *,
    business: Business,
    name: str,
    units: Sequence[UnitDraft],
    rules: Sequence[RuleDraft],
    by: Actor,
    at: datetime,
    bonuses: Sequence[BonusDraft] = (),
) -> ProgramVersion:
    """Write the business's draft, in place of an earlier draft, and return it. Locks the business.

    Raises HoldTooLong.
    """
    Business.objects.select_for_update().get(pk=business.pk)
    version = draft_version(business) or _empty_draft(business, at)
    version.name, version.unit_settings = name, {unit.code: unit.settings() for unit in units}
    version.save(update_fields=["name", "unit_settings"])
    by_code = {unit.code: keep_unit(business, unit) for unit in units}
    version.units.set(by_code.values())
    version.rules.all().delete()
    version.bonuses.all().delete()
    EarningRule.objects.bulk_create(
        EarningRule(version=version, position=position, **rule.values(by_code)) for position, rule in enumerate(rules)
    )
    Bonus.objects.bulk_create(Bonus(version=version, **bonus.values(by_code)) for bonus in bonuses)
    audit.record(verb="program.drafted", by=by, at=at, business=business, obj=version)
    return version


def imagine(
    *,
    business: Business,
    name: str,
    units: Sequence[UnitDraft],
    rules: Sequence[RuleDraft],
    bonuses: Sequence[BonusDraft] = (),
) -> LiveProgram:
    """Return the program that these drafts would make, without reading or writing anything."""
    by_code = {unit.code: unit.unsaved(business) for unit in units}
    return assemble(
        ProgramVersion(business=business, name=name),
        by_code.values(),
        [EarningRule(**rule.values(by_code)) for rule in rules],
        [Bonus(**bonus.values(by_code)) for bonus in bonuses],
    )


def _empty_draft(business: Business, at: datetime) -> ProgramVersion:
    version = next_version(business, at)
    version.save()
    return version


def next_version(business: Business, at: datetime) -> ProgramVersion:
    """Return a version with the next number of a locked business, without saving."""
    last = ProgramVersion.objects.filter(business=business).order_by("-number").first()
    return ProgramVersion(business=business, number=last.number + 1 if last else 1, created_at=at)


def keep_unit(business: Business, wanted: UnitDraft) -> Unit:
    """Return the draft's unit, made if it is new. What a live program counts changes only by going live.

    Raises HoldTooLong.
    """
    if holds_too_long(wanted.hold_days, wanted.policy):
        raise HoldTooLong(wanted.code)
    unit, made = Unit.objects.get_or_create(
        business=business,
        code=wanted.code,
        defaults={"kind": wanted.kind, "decimals": wanted.decimals, **wanted.settings()},
    )
    if not made and not is_settled(unit):
        unit.take(wanted.settings())
        unit.save(update_fields=list(wanted.settings()))
    return unit


@transaction.atomic
def draft_from(*, version: ProgramVersion, by: Actor, at: datetime) -> ProgramVersion:
    """Write a draft that starts as a copy of any earlier version. Locks the business. Raises DraftExists."""
    business = Business.objects.select_for_update().get(pk=version.business_id)
    if draft_version(business):
        raise DraftExists
    copy = _empty_draft(business, at)
    copy.name, copy.unit_settings = version.name, version.unit_settings
    copy.bonuses_multiply = version.bonuses_multiply
    copy.save(update_fields=["name", "unit_settings", "bonuses_multiply"])
    copy.units.set(version.units.all())
    EarningRule.objects.bulk_create(copied(rule, copy) for rule in version.rules.order_by("position", "pk"))
    Bonus.objects.bulk_create(copied(bonus, copy) for bonus in version.bonuses.order_by("pk"))
    audit.record(verb="program.drafted", by=by, at=at, business=business, obj=copy, copied=version.number)
    return copy


def copied[M: (EarningRule, Bonus)](row: M, version: ProgramVersion) -> M:
    """Make of a row the same one of another version, without saving."""
    row.pk, row.public_id, row.version = None, uuid4(), version
    row._state.adding = True
    return row


@transaction.atomic
def discard_draft(*, business: Business, by: Actor, at: datetime) -> ProgramVersion:
    """Retire the draft without its ever going live; draft_from() takes it up again. Raises NothingToPublish."""
    Business.objects.select_for_update().get(pk=business.pk)
    version = draft_version(business)
    if version is None:
        raise NothingToPublish
    version.state, version.retired_at = VersionState.RETIRED, at
    version.save(update_fields=["state", "retired_at"])
    audit.record(verb="program.discarded", by=by, at=at, business=business, obj=version)
    return version


@transaction.atomic
def go_live(*, business: Business, by: Actor, at: datetime, holds_from: date | None = None) -> ProgramVersion:
    """Make the draft the live version from at on; the version before it is retired. Raises NothingToPublish.

    What the draft says of its units holds from here on, but for what gives or keeps less than before: a shorter expiry,
    a lower cap, another size of a card hold from a day in the business's zone (None: today). Whether that day is far
    enough ahead is for the caller to judge. What was earned before keeps its last good day. Locks the business.
    """
    Business.objects.select_for_update().get(pk=business.pk)
    version = draft_version(business)
    if version is None or not version.rules.exists():
        raise NothingToPublish
    replace_live(version, holds_from=holds_from, by=by, at=at)
    audit.record(verb="program.went_live", by=by, at=at, business=business, obj=version, number=version.number)
    return version


def replace_live(version: ProgramVersion, *, holds_from: date | None, by: Actor, at: datetime) -> None:
    """Make a version of a locked business the live one, in place of the one that is."""
    before = live_version(version.business)
    phase_in_limits(version, before, holds_from=holds_from, at=at)
    if before:
        before.state, before.retired_at = VersionState.RETIRED, at
        before.save(update_fields=["state", "retired_at"])
    version.state, version.live_from = VersionState.LIVE, at
    version.save(update_fields=["state", "live_from"])
    for unit in version.units.all():
        settings = version.unit_settings.get(unit.code, {})
        adopt(unit, settings, version=version, holds_from=holds_from, by=by, at=at)
