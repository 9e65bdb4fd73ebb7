from datetime import date
from fractions import Fraction

import pytest

from loyalty.engine.amounts import Rounding
from loyalty.engine.rules import Bonus, Method, Period, ProgramRules, Rule, period_start


@pytest.mark.parametrize(
    ("period", "start"),
    [
        (Period.WEEK, date(2026, 2, 23)),
        (Period.MONTH, date(2026, 3, 1)),
        (Period.YEAR, date(2026, 1, 1)),
        (Period.EVER, None),
    ],
)
def test_period_start(period: Period, start: date | None) -> None:
    assert period_start(period, date(2026, 3, 1)) == start


@pytest.mark.parametrize(
    "terms",
    [
        {"award": -1},
        {"per_amount": 0},
        {"method": Method.MULTIPLY, "award": 0},
        {"method": Method.MULTIPLY, "factor": Fraction(-1)},
    ],
)
def test_rules_that_make_no_sense(terms: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"rule|step"):
        Rule(**terms)


@pytest.mark.parametrize("terms", [{"addition": -1}, {"factor": Fraction(0)}])
def test_bonuses_that_make_no_sense(terms: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="bonus"):
        Bonus(**terms)


def test_a_short_rule_is_one_per_whole_unit_of_money() -> None:
    rule = Rule()
    assert (rule.unit, rule.award, rule.per_amount, rule.method, rule.multiplier) == (
        "points",
        1,
        100,
        Method.PER_AMOUNT,
        None,
    )
    assert ProgramRules().rounding_of("points") is Rounding.DOWN
