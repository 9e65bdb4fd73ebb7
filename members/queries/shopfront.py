"""What a business shows to newcomers: how its program works, with an example, and what it gives."""

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from loyalty.engine.amounts import Rounding, round_fraction
from loyalty.engine.days import local_day
from loyalty.engine.earn import earn
from loyalty.engine.facts import CustomerFacts, SaleFacts
from loyalty.engine.rules import Method, Trigger
from loyalty.models import Business, Unit
from loyalty.queries.explain import quantity_in_words, rules_in_words, validity_in_words
from loyalty.queries.program import LiveProgram, live_program, live_version
from loyalty.queries.reasons import locale
from rewards.queries.catalogue import RewardRow, catalogue_for


@dataclass(frozen=True, slots=True)
class Example:
    """What a purchase (smallest parts; 0: a visit) earns, in words, and how many such lead to a first reward."""

    total: int
    earned: tuple[str, ...]
    times: int
    reward: str


@dataclass(frozen=True, slots=True)
class Shopfront:
    """A live program as a newcomer sees it, all in words of the active language."""

    rules: list[str]
    expiry: list[tuple[str, str]]
    example: Example | None
    rewards: list[RewardRow]


def is_live(business: Business) -> bool:
    """Return whether the business has gone live, so that people can join."""
    return live_version(business) is not None


def shopfront(business: Business, at: datetime) -> Shopfront | None:
    """Return what a newcomer should know, or None while the business has not gone live."""
    program = live_program(business)
    if program is None:
        return None
    today = local_day(at, business.time_zone)
    rewards = catalogue_for(None, business, today)
    return Shopfront(
        rules=rules_in_words(program, locale()),
        expiry=[(unit.name, " ".join(validity_in_words(unit, today))) for unit in program.units.values()],
        example=_example(program, rewards, at),
        rewards=rewards,
    )


def _example(program: LiveProgram, rewards: list[RewardRow], at: datetime) -> Example | None:
    """Reckon an everyday purchase by the rules themselves, without bonuses that hold only now and then."""
    total = _everyday_total(program)
    moment = at.astimezone(ZoneInfo(program.version.business.time_zone))
    sale = SaleFacts(at=moment, total=total, total_before_tax=total, is_visit=not total)
    awards = earn(replace(program.rules, bonuses=()), sale, CustomerFacts())
    if not awards:
        return None
    earned = {award.unit: award.amount for award in awards}
    goals = [(_times(row.cost, earned[row.unit.code]), row.reward.name) for row in rewards if row.unit.code in earned]
    times, reward = min(goals, default=(0, ""))
    return Example(total, tuple(_words(program.units[code], amount) for code, amount in earned.items()), times, reward)


def _everyday_total(program: LiveProgram) -> int:
    """Return some steps of the first rule that counts money, at least what the rules ask for; 0 where visits count."""
    rules = program.rules.rules
    least = max((rule.minimum for rule in rules if rule.trigger is Trigger.PURCHASE), default=0)
    for rule in rules:
        if rule.method is Method.PER_AMOUNT:
            return max(rule.per_amount * (20 if rule.per_amount <= 100 else 5), least)
    return max(least, 1000) if any(rule.trigger is Trigger.PURCHASE for rule in rules) else 0


def _times(cost: int, earned: int) -> int:
    return round_fraction(Fraction(cost, earned), Rounding.UP)


def _words(unit: Unit, amount: int) -> str:
    return quantity_in_words(amount, unit, locale())
