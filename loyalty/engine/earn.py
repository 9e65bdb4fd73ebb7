"""What a purchase earns.

Per rule: base (what was paid for the goods that count) -> steps -> times the award -> times the multiplier of each line
-> rounded once -> cut to the limits. Matching rules add up; an exclusive one stands alone among the rules of its unit.
Source: "Rules of the program" in `docs/architecture.md`; worked examples: `tests/scenarios/test_earning.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor, lcm, prod

from loyalty.engine.amounts import round_fraction, split
from loyalty.engine.awards import Award, LineShare, Multiplier, Part
from loyalty.engine.bill import BilledLine, lay_out
from loyalty.engine.facts import CustomerFacts, SaleFacts
from loyalty.engine.matching import covers, holds, reaches_minimum
from loyalty.engine.rules import Bonus, Conditions, Method, ProgramRules, Rule, Trigger

__all__ = ["Award", "Part", "earn"]

_NOTHING: Mapping[int, int] = {}
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class _Occasion:
    """The purchase laid out, with what each rule had awarded before it."""

    program: ProgramRules
    sale: SaleFacts
    customer: CustomerFacts
    lines: tuple[BilledLine, ...]
    today: Mapping[int, int]
    in_period: Mapping[int, int]
    by_all: Mapping[int, int]

    def applies(self, conditions: Conditions) -> bool:
        return holds(conditions, self.sale, self.customer) and reaches_minimum(conditions, self.lines)

    def counted(self, conditions: Conditions) -> list[BilledLine]:
        """The lines that earn: covered, and paid for unless this is a visit at which nobody asked for prices."""
        unpriced = self.sale.is_visit and self.sale.total == 0 and self.sale.paid_with_reward == 0
        return [line for line in self.lines if (unpriced or line.paid > 0) and covers(conditions, line.facts)]

    def sets_off(self, rule: Rule) -> bool:
        """Whether what happened is what the rule waits for: a bare visit is no purchase."""
        bare_visit = self.sale.is_visit and self.sale.total == 0 and not self.sale.lines
        return rule.trigger is Trigger.VISIT or not bare_visit


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """What a rule counts before bonuses: the money, the steps, and how much each line weighs in them."""

    base: int
    steps: Fraction
    weights: list[int]


def earn(
    program: ProgramRules,
    sale: SaleFacts,
    customer: CustomerFacts,
    already: Mapping[int, int] = _NOTHING,
    *,
    already_in_period: Mapping[int, int] = _NOTHING,
    already_by_all: Mapping[int, int] = _NOTHING,
) -> tuple[Award, ...]:
    """One Award per unit that earns more than nothing, in the order of the rules.

    The mappings say what each rule (by id) awarded before, smallest parts: to this customer on the day of the sale, to
    this customer in the rule's period, and to all customers; only rules with such a limit need be in them.
    """
    occasion = _Occasion(program, sale, customer, lay_out(sale), already, already_in_period, already_by_all)
    units = dict.fromkeys(rule.unit for rule in program.rules)
    awards = (_award(occasion, unit) for unit in units)
    return tuple(award for award in awards if award.amount > 0)


def _award(occasion: _Occasion, unit: str) -> Award:
    program = occasion.program
    rules = [rule for rule in program.rules if rule.unit == unit and occasion.sets_off(rule) and occasion.applies(rule)]
    bonuses = [bonus for bonus in program.bonuses if bonus.unit == unit and occasion.applies(bonus)]
    parts = _exclusive_part(occasion, rules, bonuses) or _added_parts(occasion, rules, bonuses)
    if any(part.amount for part in parts):
        parts += [part for bonus in bonuses if bonus.addition and (part := _addition(occasion, bonus))]
    return Award(unit, sum(part.amount for part in parts), tuple(parts))


def _exclusive_part(occasion: _Occasion, rules: Sequence[Rule], bonuses: Sequence[Bonus]) -> list[Part]:
    """The one exclusive rule that stands alone: highest priority, then the best for the customer."""
    exclusive = [rule for rule in rules if rule.exclusive and rule.method is not Method.MULTIPLY]
    awarding = [(rule, part) for rule in exclusive if (part := _part(occasion, rule, bonuses)) and part.amount]
    return [max(awarding, key=lambda pair: (pair[0].priority, pair[1].amount))[1]] if awarding else []


def _added_parts(occasion: _Occasion, rules: Sequence[Rule], bonuses: Sequence[Bonus]) -> list[Part]:
    """A part for every rule that awards something or was cut to nothing by a limit."""
    multiplying: list[Bonus | Rule] = [*bonuses, *(rule for rule in rules if rule.method is Method.MULTIPLY)]
    adding = (rule for rule in rules if rule.method is not Method.MULTIPLY and not rule.exclusive)
    parts = (_part(occasion, rule, multiplying) for rule in adding)
    return [part for part in parts if part and (part.amount or part.limited)]


def _part(occasion: _Occasion, rule: Rule, multiplying: Sequence[Bonus | Rule]) -> Part | None:
    """What one rule gives; None where nothing counts."""
    lines = occasion.counted(rule)
    reckoning = _reckon(rule, lines)
    if not lines or not reckoning.steps:
        return None
    counting = [each for each in multiplying if _multiplies(each, rule)]
    factors, multipliers = _multiply(lines, counting, all_count=occasion.program.bonuses_multiply)
    weights, factor = _weigh(reckoning.weights, factors)
    exact = reckoning.steps * rule.award if factor is _ONE else reckoning.steps * rule.award * factor
    rounding = occasion.program.rounding_of(rule.unit)
    rounded = round_fraction(exact, rounding)
    amount, limit = _limit(occasion, rule, rounded)
    return Part(
        rule_id=rule.id,
        rule=rule.name,
        method=rule.method,
        trigger=rule.trigger,
        award=rule.award,
        per_amount=rule.per_amount if rule.method is Method.PER_AMOUNT else 0,
        minimum=rule.minimum,
        base=reckoning.base,
        steps=reckoning.steps,
        factor=factor,
        multipliers=multipliers,
        before_rounding=exact,
        rounding=rounding,
        amount=amount,
        limited=amount < rounded,
        limit=limit,
        even=_follows_money(rule, factors) and _is_even(occasion, lines),
        lines=_share_out(amount, lines, weights),
    )


def _reckon(rule: Rule, lines: Sequence[BilledLine]) -> _Reckoning:
    """Base, steps and weights of the rule: money / per_amount, items, or once."""
    paid = [line.base(before_tax=rule.before_tax) for line in lines]
    base = sum(paid)
    weights = _weights(paid)
    steps = _ONE
    if rule.method is Method.PER_AMOUNT:
        steps = Fraction(base, rule.per_amount)
    elif rule.method is Method.PER_ITEM:
        items = [max(line.facts.quantity, Decimal(0)) for line in lines]
        steps = Fraction(sum(items))
        weights = _weights(_in_whole_numbers([Fraction(each) for each in items]))
    return _Reckoning(base, Fraction(floor(steps)) if rule.whole_steps else steps, weights)


def _weights(amounts: Sequence[int]) -> list[int]:
    """The amounts as weights; all equal where there are none (a visit without prices)."""
    return list(amounts) if any(amounts) else [1] * len(amounts)


def _weigh(weights: list[int], factors: Sequence[Fraction]) -> tuple[list[int], Fraction]:
    """The weights with the factor of each line in them, and the factor of them all: the average by weight."""
    if factors.count(factors[0]) == len(factors):
        return weights, factors[0]
    weighed = [weight * factor for weight, factor in zip(weights, factors, strict=True)]
    return _in_whole_numbers(weighed), sum(weighed, Fraction(0)) / sum(weights)


def _in_whole_numbers(values: Sequence[Fraction]) -> list[int]:
    """Whole numbers in the same proportions."""
    common = lcm(*(value.denominator for value in values))
    return [int(value * common) for value in values]


def _multiplies(bonus: Bonus | Rule, rule: Rule) -> bool:
    """Whether a multiplier is one of this rule, too: some leave alone what is given once."""
    return rule.method is not Method.FLAT or not isinstance(bonus, Bonus) or bonus.multiplies_flat


def _multiply(
    lines: Sequence[BilledLine], multiplying: Sequence[Bonus | Rule], *, all_count: bool
) -> tuple[list[Fraction], tuple[Multiplier, ...]]:
    """The factor of every line, and what is behind it: the best multiplier that covers the line, or all of them."""
    counting = [(each, factor, list[int]()) for each in multiplying if (factor := each.multiplier)]
    if not counting:
        return [_ONE] * len(lines), ()
    factors = []
    for index, line in enumerate(lines):
        covering = [entry for entry in counting if covers(entry[0], line.facts)]
        if covering and not all_count:
            covering = [max(covering, key=lambda entry: entry[1])]
        for _, _, covered in covering:
            covered.append(index)
        factors.append(prod((factor for _, factor, _ in covering), start=_ONE))
    multipliers = tuple(
        Multiplier(each.id, each.name, factor, _named(lines, covered)) for each, factor, covered in counting if covered
    )
    return factors, multipliers


def _named(lines: Sequence[BilledLine], covered: Sequence[int]) -> tuple[int | None, ...]:
    """Which lines of the sale these are; empty where they are all that count."""
    return () if len(covered) == len(lines) else tuple(lines[index].line for index in covered)


def _limit(occasion: _Occasion, rule: Rule, amount: int) -> tuple[int, str]:
    """The amount cut to what the limits of the rule leave, and the name of the limit that cut it."""
    key = rule.id if rule.id is not None else -1
    limits = (
        ("day", rule.day_limit(occasion.sale.at.date()), occasion.today),
        (rule.period.value, rule.limit_per_period, occasion.in_period),
        ("budget", rule.budget, occasion.by_all),
    )
    reached = ""
    for name, limit, before in limits:
        if limit is not None and (left := max(limit - before.get(key, 0), 0)) < amount:
            amount, reached = left, name
    return amount, reached


def _is_even(occasion: _Occasion, lines: Sequence[BilledLine]) -> bool:
    """Whether all that is on the bill counts."""
    return len(lines) == sum(1 for line in occasion.lines if line.billed > 0) or len(occasion.lines) == 1


def _follows_money(rule: Rule, factors: Sequence[Fraction]) -> bool:
    """Whether the rule earns at the same rate per amount on every line."""
    return len(factors) == 1 or (
        rule.method is not Method.PER_ITEM and not rule.before_tax and factors.count(factors[0]) == len(factors)
    )


def _addition(occasion: _Occasion, bonus: Bonus) -> Part | None:
    """The addition of a bonus, once for the purchase, on the goods that it covers; None where there are none."""
    lines = occasion.counted(bonus)
    if not lines:
        return None
    weights = _weights([line.paid for line in lines])
    return Part(
        rule_id=None,
        bonus_id=bonus.id,
        rule=bonus.name,
        method=Method.FLAT,
        trigger=Trigger.PURCHASE,
        award=bonus.addition,
        base=sum(line.paid for line in lines),
        before_rounding=Fraction(bonus.addition),
        rounding=occasion.program.rounding_of(bonus.unit),
        amount=bonus.addition,
        even=_is_even(occasion, lines),
        lines=_share_out(bonus.addition, lines, weights),
    )


def _share_out(amount: int, lines: Sequence[BilledLine], weights: Sequence[int]) -> tuple[LineShare, ...]:
    """Each line's share of the amount, by largest remainder."""
    shares = split(amount, weights)
    return tuple(LineShare(line.line, line.billed, share) for line, share in zip(lines, shares, strict=True))
