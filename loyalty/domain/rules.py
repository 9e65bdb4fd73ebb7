"""Editing the draft of a program piece by piece: rules, bonuses, units and name. What is live stays untouched."""

from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.domain.program import BonusDraft, ProgramError, RuleDraft, UnitDraft, keep_unit
from loyalty.models import Bonus, Business, EarningRule, ProgramVersion, Unit, UnitKind
from loyalty.queries.program import draft_version

type Piece = RuleDraft | BonusDraft
type Row = EarningRule | Bonus


class NoDraft(ProgramError):
    """There is no draft to change, or the piece belongs to a version that is no draft."""


class UnitMissing(ProgramError):
    """The draft does not count the unit of a rule or bonus."""


class UnitInUse(ProgramError):
    """Rules or bonuses of the draft award the unit; they are removed first."""


def _lock_draft(business: Business) -> ProgramVersion:
    Business.objects.select_for_update().get(pk=business.pk)
    version = draft_version(business)
    if version is None:
        raise NoDraft
    return version


@transaction.atomic
def add(*, business: Business, piece: Piece, by: Actor, at: datetime) -> Row:
    """Add a rule or bonus to the draft. Locks the business. Raises NoDraft, UnitMissing."""
    version = _lock_draft(business)
    values = _values(piece, version)
    row: Row
    if isinstance(piece, RuleDraft):
        last = version.rules.order_by("-position").first()
        row = EarningRule.objects.create(version=version, position=last.position + 1 if last else 0, **values)
    else:
        row = Bonus.objects.create(version=version, **values)
    audit.record(verb="program.rule_added", by=by, at=at, business=business, obj=row)
    return row


@transaction.atomic
def change(*, row: Row, piece: Piece, by: Actor, at: datetime) -> Row:
    """Put a rule or bonus of the draft in other words. Locks the business. Raises NoDraft, UnitMissing."""
    business = row.version.business
    values = _values(piece, _of_draft(row))
    changed = audit.changes(row, values)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    audit.record(
        verb="program.rule_changed", by=by, at=at, business=business, obj=row, changes=changed,
        decimals=row.unit.decimals,
    )  # fmt: skip
    return row


@transaction.atomic
def remove(*, row: Row, by: Actor, at: datetime) -> Piece:
    """Take a rule or bonus out of the draft and return it, so that it can be added again. Raises NoDraft."""
    business = row.version.business
    _of_draft(row)
    piece = as_piece(row)
    audit.record(verb="program.rule_removed", by=by, at=at, business=business, obj=row, name=row.name)
    row.delete()
    return piece


def _of_draft(row: Row) -> ProgramVersion:
    version = _lock_draft(row.version.business)
    if version.pk != row.version_id:
        raise NoDraft
    return version


def _values(piece: Piece, version: ProgramVersion) -> dict[str, Any]:
    units = {unit.code: unit for unit in version.units.all()}
    if piece.unit not in units:
        raise UnitMissing
    return piece.values(units)


def as_piece(row: Row) -> Piece:
    """Return a rule or bonus as it would be drafted anew."""
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}
    values |= {"unit": row.unit.code}
    for own in ("id", "public_id", "version", "position", "limit_from", "earlier_limit_per_day"):
        values.pop(own, None)
    draft: type[RuleDraft | BonusDraft] = RuleDraft if isinstance(row, EarningRule) else BonusDraft
    head = {name: values.pop(name) for name in draft.__dataclass_fields__ if name != "fields"}
    return draft(**head, fields=values)


@transaction.atomic
def set_unit(*, business: Business, unit: UnitDraft, by: Actor, at: datetime) -> Unit:
    """Say what the draft counts, and how: a unit is added, or changed from going live on.

    Locks the business. Raises NoDraft, HoldTooLong.
    """
    version = _lock_draft(business)
    before = version.unit_settings.get(unit.code)
    row = keep_unit(business, unit)
    version.units.add(row)
    version.unit_settings = {**version.unit_settings, unit.code: unit.settings()}
    version.save(update_fields=["unit_settings"])
    now = unit.settings()
    changed = (
        {name: [before.get(name), value] for name, value in now.items() if before.get(name) != value} if before else {}
    )
    audit.record(verb="program.unit_changed", by=by, at=at, business=business, obj=row, changes=changed)
    return row


@transaction.atomic
def remove_unit(*, business: Business, code: str, by: Actor, at: datetime) -> None:
    """Let the draft count a unit no longer; what members hold of it stays theirs. Raises NoDraft, UnitInUse."""
    version = _lock_draft(business)
    if version.rules.filter(unit__code=code).exists() or version.bonuses.filter(unit__code=code).exists():
        raise UnitInUse
    removed = list(version.units.filter(code=code))
    version.units.remove(*removed)
    version.unit_settings = {kept: value for kept, value in version.unit_settings.items() if kept != code}
    version.save(update_fields=["unit_settings"])
    audit.record(verb="program.unit_removed", by=by, at=at, business=business, obj=version, code=code,
                 name=", ".join(unit.name for unit in removed))  # fmt: skip


def free_code(business: Business, kind: UnitKind) -> str:
    """Return a code for a new unit of the business: the kind, with a number where it is taken."""
    taken = set(business.units.values_list("code", flat=True))
    numbers = (f"{kind.value}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (kind.value, *numbers) if code not in taken)


@transaction.atomic
def change_settings(
    *, business: Business, name: str, bonuses_multiply: bool, by: Actor, at: datetime
) -> ProgramVersion:
    """Change the draft's name, and whether several multipliers multiply. Locks the business. Raises NoDraft."""
    version = _lock_draft(business)
    changed = audit.changes(version, {"name": name, "bonuses_multiply": bonuses_multiply})
    version.name, version.bonuses_multiply = name, bonuses_multiply
    version.save(update_fields=["name", "bonuses_multiply"])
    audit.record(verb="program.renamed", by=by, at=at, business=business, obj=version, changes=changed)
    return version
