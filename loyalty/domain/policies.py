"""What going live changes of expiry, caps and card sizes: each holds from a day, and never from before."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.engine.days import local_day
from loyalty.engine.policies import Step, Steps, announced, policy_on, shortens
from loyalty.models import EarningRule, ProgramVersion, Unit, UnitPolicy
from loyalty.queries.policies import counterpart, is_settled, limit_on

COLUMNS = ("steps_kept", "earlier_card_size", "card_size_from")


def adopt(
    unit: Unit,
    settings: Mapping[str, Any],
    *,
    version: ProgramVersion,
    holds_from: date | None,
    by: Actor,
    at: datetime,
) -> None:
    """Make of a unit what a version that goes live says. The business is locked by the caller.

    A shorter expiry and another size of a card hold from a day in the business's zone (None: today), a longer expiry
    from today. The first policy of a unit that nobody holds yet holds from always.
    """
    today = local_day(at, version.business.time_zone)
    day = holds_from or today
    steps, policy, size, size_today = unit.steps, unit.policy, unit.card_size, unit.card_size_on(today)
    unit.take(settings)
    if (unit.policy, unit.card_size) != (policy, size) and is_settled(unit, version):
        if unit.policy != policy:
            since = day if shortens(policy_on(steps, today), unit.policy) else min(day, today)
            unit.steps_kept = _announce(unit, steps, since, by=by, at=at)
        if unit.card_size != size:
            _resize(unit, size_today, day if day > today else None)
    unit.save(update_fields=[*settings, *COLUMNS])


def _resize(unit: Unit, size_today: int | None, since: date | None) -> None:
    kept = since if unit.card_size != size_today else None
    unit.card_size_from, unit.earlier_card_size = kept, size_today if kept else None


def _announce(unit: Unit, steps: Steps, since: date, *, by: Actor, at: datetime) -> list[list[Any]]:
    """Write the unit's new policy, and the one before where that never was; return all as the unit keeps them."""
    if steps[0].id is None:
        steps = (_written(unit, steps[0], None, at).step, *steps[1:])
    row = _written(unit, Step(unit.policy, since), by, at)
    changes = {"from_day": [None, since.isoformat()], "expiry": [steps[-1].policy.kind, unit.expiry],
               "expiry_count": [steps[-1].policy.count, unit.expiry_count]}  # fmt: skip
    audit.record(verb="expiry.change", by=by, at=at, business=unit.business, obj=row, changes=changes)
    return [as_kept(step) for step in announced(steps, row.step)]


def _written(unit: Unit, step: Step, by: Actor | None, at: datetime) -> UnitPolicy:
    return UnitPolicy.objects.create(
        business=unit.business, unit=unit, from_day=step.from_day, expiry=step.policy.kind.value,
        expiry_count=step.policy.count, announced_by=by.staff if by else None, announced_at=at,
    )  # fmt: skip


def as_kept(step: Step) -> list[Any]:
    """Return a step as Unit.steps_kept has it."""
    day = step.from_day.isoformat() if step.from_day else None
    return [day, step.policy.kind.value, step.policy.count, step.id]


def phase_in_limits(
    version: ProgramVersion, live: ProgramVersion | None, *, holds_from: date | None, at: datetime
) -> None:
    """Let the rules of a version that goes live keep the higher caps of those before them, up to a day.

    holds_from is in the business's zone; None is today. A higher cap holds at once.
    """
    today = local_day(at, version.business.time_zone)
    old = list(live.rules.all()) if live else []
    for rule in version.rules.all():
        was = counterpart(rule, old)
        since, earlier = _phase(rule, was, holds_from or today, today) if was else (None, None)
        if (rule.limit_from, rule.earlier_limit_per_day) != (since, earlier):
            rule.limit_from, rule.earlier_limit_per_day = since, earlier
            rule.save(update_fields=["limit_from", "earlier_limit_per_day"])


def _phase(rule: EarningRule, was: EarningRule, day: date, today: date) -> tuple[date | None, int | None]:
    """Return from which day a rule's cap holds, and what holds before; nothing where it holds from the start."""
    before = limit_on(was, today)
    if rule.limit_per_day == was.limit_per_day:
        is_coming = was.limit_from is not None and was.limit_from > today
        return (was.limit_from, was.earlier_limit_per_day) if is_coming else (None, None)
    lower = rule.limit_per_day is not None and (before is None or rule.limit_per_day < before)
    return (day, before) if lower and day > today else (None, None)
