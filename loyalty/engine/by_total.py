"""Programs that look at nothing of a purchase but its total: what it earns, with its explanation ready as text.

Most do: so much for each 1.00, or for each purchase, whoever buys and whatever is bought. earn() looks at every line
and writes an explanation anew each time; here all that is the same for every purchase is written once. The outcome is
that of earn(), to the letter: tests/loyalty/engine/test_by_total.py.
"""

import json
from fractions import Fraction
from typing import Any, NamedTuple

from loyalty.engine.amounts import Rounding
from loyalty.engine.awards import Award, Part, exact
from loyalty.engine.rules import Conditions, Method, ProgramRules, Rule

_PLAIN = Conditions()
_ASKING = (
    "included_items", "excluded_items", "included_categories", "excluded_categories", "before_tax", "weekdays",
    "starts_at", "ends_at", "tiers", "payments", "birthday_within", "joined_within",
)  # fmt: skip
"""The conditions that ask for more than the total."""


class Earned(NamedTuple):
    """What a purchase earns of a unit, in its smallest parts, and the explanation as JSON."""

    unit: str
    amount: int
    why: str


def earned(award: Award) -> Earned:
    """Return an award with its explanation as text."""
    return Earned(award.unit, award.amount, json.dumps(award.explain()))


class ByTotal:
    """The rules of such a program. It is for purchases with prices, of which no part is paid with a reward."""

    def __init__(self, program: ProgramRules) -> None:
        units = dict.fromkeys(rule.unit for rule in program.rules)
        self.units = [
            (unit, json.dumps({"unit": unit})[:-1], [
                _Counted(rule, program.rounding_of(unit)) for rule in program.rules if rule.unit == unit
            ])
            for unit in units
        ]  # fmt: skip

    @staticmethod
    def fits(program: ProgramRules) -> bool:
        """Whether every rule of a program looks at nothing but the total."""
        return not program.bonuses and all(map(_looks_at_total, program.rules))

    def earn(self, total: int) -> list[Earned]:
        """Return what earn() would give anybody for a purchase of a total, in minor units."""
        found = []
        for unit, head, rules in self.units:
            parts = [part for rule in rules if (part := rule.part(total))]
            if parts:
                amount = sum([of_part for of_part, _ in parts])
                why = f'{head}, "amount": {amount}, "parts": [{", ".join([why for _, why in parts])}]}}'
                found.append(Earned(unit, amount, why))
        return found


def _looks_at_total(rule: Rule) -> bool:
    limits = (rule.limit_per_day, rule.earlier_limit_per_day, rule.limit_per_period, rule.budget)
    return (
        rule.method in (Method.PER_AMOUNT, Method.FLAT)
        and not rule.exclusive
        and not any(limit is not None for limit in limits)
        and all(getattr(rule, name) == getattr(_PLAIN, name) for name in _ASKING)
    )


_HOLE = "\0"


class _Text:
    """JSON with holes for what differs from purchase to purchase."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.form = json.dumps(content).replace("%", "%%").replace(json.dumps(_HOLE), "%s")

    def filled(self, *cells: object) -> str:
        return self.form % cells


class _Counted:
    """One rule: how much it gives for a total, and why."""

    def __init__(self, rule: Rule, rounding: Rounding) -> None:
        self.award, self.minimum, self.rounding = rule.award, max(rule.minimum, 1), rounding
        self.per_amount = rule.per_amount if rule.method is Method.PER_AMOUNT else 0
        self.whole = rule.whole_steps
        part = Part(
            rule_id=rule.id, rule=rule.name, method=rule.method, trigger=rule.trigger, award=rule.award,
            per_amount=self.per_amount, minimum=rule.minimum, base=0, before_rounding=Fraction(0), rounding=rounding,
            amount=0,
        )  # fmt: skip
        holes = dict.fromkeys(("base", "steps", "before_rounding", "amount"), _HOLE)
        self.text = _Text(part.explain() | holes)

    def part(self, total: int) -> tuple[int, str] | None:
        """Return the amount and the explanation; None where nothing is given."""
        if total < self.minimum:
            return None
        counted, step = (total, self.per_amount) if self.per_amount else (1, 1)
        if self.whole:
            counted, step = counted // step, 1
        amount = _rounded(counted * self.award, step, self.rounding)
        if not amount:
            return None
        steps, before = _quotient(counted, step), _quotient(counted * self.award, step)
        return amount, self.text.filled(total, f'"{steps}"', f'"{before}"', amount)


def _rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """A quotient that is not negative as round_fraction() rounds it."""
    whole, rest = divmod(numerator, denominator)
    up = bool(rest) if rounding is Rounding.UP else rounding is Rounding.HALF_UP and 2 * rest >= denominator
    return whole + up


def _quotient(numerator: int, denominator: int) -> str:
    """A quotient that is not negative as exact() writes it; most are hundredths."""
    if denominator == 1:
        return str(numerator)
    if denominator != 100:
        return exact(Fraction(numerator, denominator))
    whole, rest = divmod(numerator, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)
