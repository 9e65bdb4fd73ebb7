"""What a draft says, as answers of the set-up, so that it can be set up anew."""

from typing import Any

from loyalty.engine.lots import ExpiryKind
from loyalty.engine.rules import Method, Rule, Trigger
from loyalty.models import Business, UnitKind
from loyalty.queries.program import LiveProgram, draft_version, load_program
from rewards.forms.setup import VALIDITIES
from rewards.queries.catalogue import first_draft


def earlier_answers(business: Business) -> dict[str, Any]:
    """Return the answers that would make the business's draft and its first reward; empty without a draft."""
    version = draft_version(business)
    if version is None:
        return {}
    program = load_program(version)
    kinds = {code: UnitKind(unit.kind) for code, unit in program.units.items()}
    points = _first(program, [code for code, kind in kinds.items() if kind == UnitKind.POINTS])
    card = _first(program, [code for code, kind in kinds.items() if kind == UnitKind.STAMPS])
    answers = _does(points, card) | _points(program, points) | _card(program, card) | _reward(business)
    return {name: value for name, value in answers.items() if value is not None}


def _first(program: LiveProgram, codes: list[str]) -> Rule | None:
    return next((rule for rule in program.rules.rules if rule.unit in codes), None)


def _does(points: Rule | None, card: Rule | None) -> dict[str, Any]:
    spends = bool(points and points.method is Method.PER_AMOUNT)
    visits = bool(card and card.trigger is Trigger.VISIT) or bool(points and not spends)
    return {
        "does": "both" if spends and visits else "spend" if spends or not visits else "visit",
        "earns": "both" if points and card else "stamps" if card else "points",
    }


def _points(program: LiveProgram, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    unit = program.units[rule.unit]
    return {
        "unit_name": unit.name, "unit_name_one": unit.name_one, "award": rule.award,
        "per_amount": rule.per_amount or None, "validity": _validity(unit.expiry, unit.expiry_count),
    }  # fmt: skip


def _card(program: LiveProgram, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    unit = program.units[rule.unit]
    return {
        "card_size": unit.card_size, "per": rule.trigger.value, "minimum": rule.minimum or None,
        "a_day": rule.limit_per_day, "validity": _validity(unit.expiry, unit.expiry_count),
    }  # fmt: skip


def _validity(kind: str, count: int) -> str | None:
    known = {(expiry, years): name for name, (expiry, years, _words) in VALIDITIES.items()}
    return known.get((ExpiryKind(kind), count))


def _reward(business: Business) -> dict[str, Any]:
    reward = first_draft(business)
    if reward is None:
        return {}
    return {
        "kind": reward.kind, "name": reward.name, "unit": reward.unit.code, "cost": reward.cost,
        "money_off": reward.money_off or None, "percent_off": reward.percent_off or None,
    }  # fmt: skip
