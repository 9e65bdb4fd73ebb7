"""What is reckoned from the total alone is what earn() reckons from the whole purchase, to the letter."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.amounts import Rounding
from loyalty.engine.by_total import ByTotal, earned
from loyalty.engine.earn import earn
from loyalty.engine.facts import CustomerFacts, LineFacts, SaleFacts
from loyalty.engine.rules import Bonus, Method, ProgramRules, Rule, Trigger

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

rules = st.builds(
    Rule,
    id=st.integers(1, 99),
    name=st.sampled_from(["1 per 1.00", '100 % "more" %s', "pontok 1€ után", "\\"]),
    unit=st.sampled_from(["points", "stamps"]),
    trigger=st.sampled_from(Trigger),
    method=st.sampled_from([Method.PER_AMOUNT, Method.FLAT]),
    award=st.integers(0, 30),
    per_amount=st.sampled_from([1, 3, 7, 50, 100, 125, 1000, 1999]),
    whole_steps=st.booleans(),
    minimum=st.sampled_from([0, 1, 500, 1999]),
    priority=st.integers(0, 2),
    gift_cards=st.booleans(),
    sale_items=st.booleans(),
)
programs = st.builds(
    ProgramRules,
    rules=st.lists(rules, max_size=4).map(tuple),
    rounding=st.dictionaries(st.sampled_from(["points", "stamps"]), st.sampled_from(Rounding)),
    bonuses_multiply=st.booleans(),
)
lines = st.lists(st.tuples(st.integers(-500, 2000), st.sampled_from(["", "tea", "cup"])), max_size=4)


def sale_of(amounts: list[tuple[int, str]], total: int) -> SaleFacts:
    """A receipt as imports know it: its total is the sum of its lines, if it has any."""
    facts = tuple(LineFacts(item, "", Decimal(1), amount, amount) for amount, item in amounts)
    total = sum(amount for amount, _ in amounts) if amounts else total
    return SaleFacts(AT, total=total, total_before_tax=total, lines=facts)


@given(programs, lines, st.integers(0, 5000))
def test_it_is_what_earn_gives(program: ProgramRules, amounts: list[tuple[int, str]], total: int) -> None:
    sale = sale_of(amounts, total)
    assert ByTotal.fits(program)
    if sale.total >= 0:
        expected = [earned(award) for award in earn(program, sale, CustomerFacts())]
        assert ByTotal(program).earn(sale.total) == expected


def test_an_example() -> None:
    program = ProgramRules((Rule(id=7, name="1 per 1.00"),))
    (found,) = ByTotal(program).earn(12345)
    assert (found.unit, found.amount) == ("points", 123)
    assert json.loads(found.why)["parts"][0] | {"rule": None} == {
        "rule": None, "bonus": None, "award": 1, "per_amount": 100, "minimum": 0, "base": 12345, "steps": "123.45",
        "factor": "1", "multipliers": [], "before_rounding": "123.45", "rounding": "down", "limit": "", "amount": 123,
        "lines": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"method": Method.PER_ITEM}, {"method": Method.MULTIPLY}, {"exclusive": True}, {"before_tax": True},
        {"limit_per_day": 5}, {"earlier_limit_per_day": 5}, {"limit_per_period": 5}, {"budget": 5},
        {"weekdays": frozenset({1})}, {"starts_at": AT}, {"ends_at": AT},
        {"tiers": frozenset({"gold"})}, {"payments": frozenset({"cash"})},
        {"birthday_within": 3}, {"joined_within": 3}, {"included_items": frozenset({"tea"})},
        {"excluded_items": frozenset({"tea"})}, {"included_categories": frozenset({"tea"})},
        {"excluded_categories": frozenset({"tea"})},
    ],
)  # fmt: skip
def test_what_asks_for_more_than_the_total_does_not_fit(change: dict) -> None:
    assert ByTotal.fits(ProgramRules((Rule(),)))
    assert not ByTotal.fits(ProgramRules((Rule(), replace(Rule(), **change))))


def test_bonuses_do_not_fit() -> None:
    assert not ByTotal.fits(ProgramRules((Rule(),), (Bonus(addition=1),)))


def test_every_field_of_a_rule_is_decided_on() -> None:
    decided = {
        "id", "name", "unit", "trigger", "award", "per_amount", "whole_steps", "minimum", "gift_cards", "sale_items",
        "priority", "period", "factor", "method", "exclusive", "limit_per_day", "limit_from",
        "earlier_limit_per_day", "limit_per_period", "budget", "included_items", "excluded_items",
        "included_categories", "excluded_categories", "before_tax", "weekdays",
        "starts_at", "ends_at", "tiers", "payments", "birthday_within", "joined_within",
    }  # fmt: skip
    assert set(Rule.__dataclass_fields__) == decided
