"""Bills and rules of the worked examples, written short. Money in whole units of a currency with two decimals."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from loyalty.engine.earn import earn
from loyalty.engine.facts import CustomerFacts, LineFacts, SaleFacts
from loyalty.engine.rules import Bonus, Method, ProgramRules, Rule
from tests.moments import moment

NEW_YEAR = moment("2026-01-01 12:00")


def cents(amount: str | float) -> int:
    return int(Decimal(str(amount)) * 100)


def line(item: str, amount: str | float, quantity: int = 1, category: str = "", **facts: bool) -> LineFacts:
    return LineFacts(item, category, Decimal(quantity), cents(amount), cents(amount), **facts)


def bill(
    *lines: LineFacts,
    total: str | float | None = None,
    before_tax: str | float | None = None,
    at: datetime = NEW_YEAR,
    reward: str | float = 0,
    visit: bool = False,
    payment: str = "",
) -> SaleFacts:
    paid = cents(total) if total is not None else sum(each.amount for each in lines)
    net = cents(before_tax) if before_tax is not None else paid
    return SaleFacts(at, paid, net, lines, paid_with_reward=cents(reward), is_visit=visit, payment=payment)


def only(*names: str) -> frozenset[str]:
    return frozenset(names)


def per(amount: str | float, award: int = 1, **rest: object) -> Rule:
    """So many per so much money."""
    return Rule(award=award, per_amount=cents(amount), **rest)


def flat(award: int, **rest: object) -> Rule:
    return Rule(method=Method.FLAT, award=award, **rest)


def each(award: int = 1, **rest: object) -> Rule:
    """So many per item."""
    return Rule(method=Method.PER_ITEM, award=award, **rest)


def times(factor: str, **rest: object) -> Bonus:
    """So many times what was earned."""
    return Bonus(factor=Fraction(factor), **rest)


def plus(addition: int, **rest: object) -> Bonus:
    """So many on top, once."""
    return Bonus(addition=addition, **rest)


def multiply(factor: str, **rest: object) -> Rule:
    """A rule that multiplies what the others award."""
    return Rule(method=Method.MULTIPLY, factor=Fraction(factor), **rest)


def awarded(
    *rules: Rule | Bonus, on: SaleFacts, unit: str = "points", customer: CustomerFacts | None = None, **program: object
) -> int:
    """How much of a unit the purchase earns."""
    terms = ProgramRules(
        rules=tuple(rule for rule in rules if isinstance(rule, Rule)),
        bonuses=tuple(bonus for bonus in rules if isinstance(bonus, Bonus)),
        **program,
    )
    awards = earn(terms, on, customer or CustomerFacts())
    return sum(award.amount for award in awards if award.unit == unit)


BASKET = bill(line("red", 12, category="red"), line("blue", 100, category="blue"), line("delivery", 40))
