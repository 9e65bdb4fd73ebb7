import json
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.amounts import Rounding
from loyalty.engine.awards import LineShare, exact
from loyalty.engine.bill import lay_out
from loyalty.engine.earn import earn
from loyalty.engine.facts import CustomerFacts, LineFacts, SaleFacts
from loyalty.engine.rules import Bonus, Period, ProgramRules, Rule, Trigger
from tests.moments import moment
from tests.scenarios.bills import BASKET, awarded, bill, each, flat, line, only, per, plus, times

NOBODY = CustomerFacts()


@pytest.mark.parametrize(
    ("rule", "already", "amount", "limit"),
    [
        pytest.param(per(1, id=1), {}, 50, "", id="no limit"),
        pytest.param(per(1, id=1, limit_per_day=50), {}, 50, "", id="just reached"),
        pytest.param(per(1, id=1, limit_per_day=40), {}, 40, "day", id="cut"),
        pytest.param(per(1, id=1, limit_per_day=40), {"already": {1: 15}}, 25, "day", id="what is left of the day"),
        pytest.param(per(1, id=1, limit_per_day=40), {"already": {2: 15}}, 40, "day", id="another rule's day"),
        pytest.param(per(1, id=1, limit_per_period=60), {"already_in_period": {1: 20}}, 40, "month", id="month"),
        pytest.param(
            per(1, id=1, limit_per_period=60, period=Period.YEAR), {"already_in_period": {1: 20}}, 40, "year", id="year"
        ),
        pytest.param(per(1, id=1, budget=1000), {"already_by_all": {1: 990}}, 10, "budget", id="budget"),
        pytest.param(
            per(1, id=1, limit_per_day=30, limit_per_period=20, budget=25), {}, 20, "month", id="the tightest one"
        ),
    ],
)
def test_limits(rule: Rule, already: dict[str, dict[int, int]], amount: int, limit: str) -> None:
    (award,) = earn(ProgramRules((rule,)), bill(total=50), NOBODY, **already)
    (part,) = award.parts
    assert (award.amount, part.limited, part.limit) == (amount, bool(limit), limit)


def test_nothing_left_of_a_limit() -> None:
    limited = per(1, id=1, limit_per_day=40)
    assert earn(ProgramRules((limited,)), bill(total=50), NOBODY, {1: 40}) == ()
    assert earn(ProgramRules((limited, flat(5, id=2))), bill(total=50), NOBODY, {1: 45})[0].amount == 5


def test_a_limit_holds_after_the_multiplier() -> None:
    program = ProgramRules((per(1, id=1, limit_per_day=60),), (times("2"),))
    assert earn(program, bill(total=50), NOBODY)[0].amount == 60


@pytest.mark.parametrize(("flat_too", "amount"), [(True, 2 * (50 + 5) + 3), (False, 2 * 50 + 5 + 3)])
def test_a_multiplier_multiplies_what_is_given_once_unless_it_says_not(flat_too: bool, amount: int) -> None:
    program = ProgramRules((per(1, id=1), flat(5, id=2)), (times("2", multiplies_flat=flat_too), plus(3)))
    assert earn(program, bill(total=50), NOBODY)[0].amount == amount


def test_an_exclusive_rule_at_its_limit_gives_way() -> None:
    once = flat(100, id=1, exclusive=True, limit_per_day=100)
    program = ProgramRules((per(1, id=2), once))
    assert earn(program, bill(total=50), NOBODY)[0].amount == 100
    assert earn(program, bill(total=50), NOBODY, {1: 100})[0].amount == 50


@pytest.mark.parametrize(
    ("birthday", "at", "holds"),
    [
        ((5, 10), "2026-05-10", True),
        ((5, 10), "2026-05-17", True),
        ((5, 10), "2026-05-18", False),
        ((5, 10), "2026-05-09", False),
        ((12, 30), "2027-01-06", True),
        ((2, 29), "2026-02-28", True),
        ((2, 29), "2028-02-28", False),
        ((2, 29), "2028-02-29", True),
        (None, "2026-05-10", False),
    ],
)
def test_birthday_week(birthday: tuple[int, int] | None, at: str, *, holds: bool) -> None:
    rule = flat(250, birthday_within=7)
    points = awarded(rule, on=bill(total=10, at=moment(at)), customer=CustomerFacts(birthday=birthday))
    assert points == (250 if holds else 0)


@pytest.mark.parametrize(
    ("joined", "holds"),
    [
        (date(2026, 1, 1), True),
        (date(2025, 11, 2), True),
        (date(2025, 11, 1), False),
        (date(2026, 1, 2), False),
        (None, False),
    ],
)
def test_within_60_days_of_joining(joined: date | None, *, holds: bool) -> None:
    points = awarded(flat(10, joined_within=60), on=bill(total=10), customer=CustomerFacts(joined_on=joined))
    assert points == (10 if holds else 0)


def test_payment_and_tier() -> None:
    rules = [flat(1, payments=only("phone")), flat(10, tiers=only("gold", "elite"))]
    assert awarded(*rules, on=bill(total=10, payment="phone"), customer=CustomerFacts(tier="gold")) == 11
    assert awarded(*rules, on=bill(total=10, payment="card"), customer=CustomerFacts(tier="silver")) == 0


def test_the_weekday_is_that_of_the_business() -> None:
    tuesday = flat(1, weekdays=frozenset({1}))
    late = moment("2026-03-03 23:30", "America/New_York")
    assert awarded(tuesday, on=bill(total=10, at=late)) == 1


def test_a_sale_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        SaleFacts(datetime(2026, 1, 1), 1, 1)  # noqa: DTZ001


def test_one_award_per_unit_in_the_order_of_the_rules() -> None:
    program = ProgramRules((each(unit="stamps"), per(1), flat(5, unit="stamps"), flat(1, unit="credit", minimum=10**6)))
    awards = earn(program, bill(line("tea", 10, 2)), NOBODY)
    assert [(award.unit, award.amount) for award in awards] == [("stamps", 7), ("points", 10)]


def test_exclusive_in_one_unit_leaves_the_other_alone() -> None:
    program = ProgramRules((per(1), flat(100, exclusive=True), each(unit="stamps")))
    awards = earn(program, bill(line("tea", 10, 2)), NOBODY)
    assert [(award.unit, award.amount) for award in awards] == [("points", 100), ("stamps", 2)]


def test_rounding_is_the_units_own() -> None:
    program = ProgramRules((per(3), per(3, unit="stars")), rounding={"points": Rounding.UP, "stars": Rounding.DOWN})
    assert [award.amount for award in earn(program, bill(total=10), NOBODY)] == [4, 3]


def test_the_explanation_tells_all() -> None:
    rule = per(1, 4, id=3, name="Four a euro", limit_per_day=700, minimum=500)
    red = times("3", id=9, name="Red week", included_items=only("red"))
    (award,) = earn(ProgramRules((rule,), (red, plus(10, id=8, name="Hello"))), BASKET, NOBODY)
    told = award.explain()
    assert json.loads(json.dumps(told)) == told
    assert told == {
        "unit": "points",
        "amount": 710,
        "parts": [
            {
                "rule": {"id": 3, "name": "Four a euro", "method": "per_amount", "trigger": "purchase"},
                "bonus": None,
                "award": 4,
                "per_amount": 100,
                "minimum": 500,
                "base": 15200,
                "steps": "152",
                "factor": "22/19",
                "multipliers": [{"id": 9, "name": "Red week", "factor": "3", "lines": [0]}],
                "before_rounding": "704",
                "rounding": "down",
                "limit": "day",
                "amount": 700,
                "lines": [[0, 1200, 143], [1, 10000, 398], [2, 4000, 159]],
            },
            {
                "rule": {"id": None, "name": "Hello", "method": "flat", "trigger": "purchase"},
                "bonus": 8,
                "award": 10,
                "per_amount": 0,
                "minimum": 0,
                "base": 15200,
                "steps": "1",
                "factor": "1",
                "multipliers": [],
                "before_rounding": "10",
                "rounding": "down",
                "limit": "",
                "amount": 10,
                "lines": [],
            },
        ],
    }
    assert award.line_shares == (LineShare(0, 1200, 144), LineShare(1, 10000, 404), LineShare(2, 4000, 162))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(57, 2), "28.5"),
        (Fraction(704), "704"),
        (Fraction(22, 19), "22/19"),
        (Fraction(1999, 100), "19.99"),
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 20), "0.05"),
        (Fraction(-5, 4), "-1.25"),
        (Fraction(0), "0"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1, 250), "0.004"),
    ],
)
def test_exact(value: Fraction, text: str) -> None:
    assert exact(value) == text


@given(st.fractions())
def test_exact_reads_back(value: Fraction) -> None:
    assert Fraction(exact(value)) == value


def test_a_discount_on_the_bill_and_a_reward_are_spread_over_the_lines() -> None:
    laid = lay_out(bill(line("a", 60), line("b", 30), total=60, before_tax=50, reward=15))
    assert [(each.line, each.billed, each.paid, each.paid_before_tax) for each in laid] == [
        (0, 4000, 3000, 2500),
        (1, 2000, 1500, 1250),
        (None, 0, 0, 0),
    ]


def test_the_unlisted_rest_is_a_line_without_a_name() -> None:
    laid = lay_out(bill(line("a", 60), total=65))
    assert [(each.line, each.billed) for each in laid] == [(0, 6000), (None, 500)]


lines = st.lists(
    st.builds(
        lambda item, quantity, amount, card: LineFacts(item, item, Decimal(quantity), amount, amount * 5 // 6, card),
        st.sampled_from(["red", "blue", "tea"]),
        st.sampled_from(["1", "2", "0.350", "0", "-1"]),
        st.integers(-500, 50000),
        st.booleans(),
    ),
    max_size=6,
)
goods = st.fixed_dictionaries(
    {},
    optional={
        "included_items": st.sampled_from([only("red"), only("red", "tea")]),
        "excluded_categories": st.just(only("blue")),
        "before_tax": st.booleans(),
        "minimum": st.integers(0, 5000),
    },
)
rules = st.builds(
    lambda build, award, scope, limit, whole, exclusive, trigger: build(
        award, limit_per_day=limit, whole_steps=whole, exclusive=exclusive, trigger=trigger, **scope
    ),
    st.sampled_from(
        [lambda award, **rest: per(1, award, **rest), lambda award, **rest: per(7.5, award, **rest), each, flat]
    ),
    st.integers(0, 50),
    goods,
    st.none() | st.integers(0, 200),
    st.booleans(),
    st.booleans(),
    st.sampled_from(list(Trigger)),
)
bonuses = st.builds(
    lambda factor, addition, flat, scope: Bonus(factor=factor, addition=addition, multiplies_flat=flat, **scope),
    st.none() | st.fractions(Fraction(1, 4), 5, max_denominator=8),
    st.integers(0, 20),
    st.booleans(),
    goods,
)
programs = st.builds(
    lambda rules, bonuses, multiply, way: ProgramRules(
        tuple(rules), tuple(bonuses), {"points": way}, bonuses_multiply=multiply
    ),
    st.lists(rules, max_size=4),
    st.lists(bonuses, max_size=3),
    st.booleans(),
    st.sampled_from(list(Rounding)),
)


@given(programs, lines, st.integers(0, 100000), st.integers(0, 50000), st.booleans())
def test_awards_add_up_and_keep_to_their_limits(
    program: ProgramRules, bought: list[LineFacts], total: int, reward: int, visit: bool
) -> None:
    sale = SaleFacts(moment("2026-01-01"), total, total * 5 // 6, tuple(bought), reward, visit)
    for award in earn(program, sale, NOBODY):
        assert award.amount == sum(part.amount for part in award.parts) > 0
        assert sum(share.amount for share in award.line_shares) == award.amount
        assert json.loads(json.dumps(award.explain()))["amount"] == award.amount
        for part in award.parts:
            assert 0 <= part.amount < part.before_rounding + 1
            assert part.limited or part.amount > part.before_rounding - 1
            assert part.base <= max(total - reward, 0) or part.base <= total * 5 // 6


@given(programs, st.integers(0, 100000), st.integers(0, 100000))
def test_who_pays_more_never_earns_less(program: ProgramRules, paid: int, more: int) -> None:
    simple = ProgramRules(
        tuple(rule for rule in program.rules if not rule.exclusive), program.bonuses, program.rounding, True
    )

    def points(total: int) -> int:
        return sum(award.amount for award in earn(simple, SaleFacts(moment("2026-01-01"), total, total), NOBODY))

    if all(bonus.factor is None or bonus.factor >= 1 for bonus in simple.bonuses):
        assert points(paid) <= points(paid + more)
