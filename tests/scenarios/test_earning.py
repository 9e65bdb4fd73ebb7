"""What purchases earn: the worked examples E1 to E19 and more of their kinds."""

from datetime import datetime

import pytest

from loyalty.engine.amounts import Rounding
from loyalty.engine.facts import SaleFacts
from loyalty.engine.refunds import take_back
from loyalty.engine.rules import Bonus, Method, Rule, Trigger
from tests.moments import moment
from tests.scenarios.bills import BASKET, awarded, bill, cents, each, flat, line, multiply, only, per, plus, times

FOUR = per(1, 4)
RED, BLUE = only("red"), only("blue")
TRIPLE_RED = times("3", included_items=RED)
VISIT = flat(1, trigger=Trigger.VISIT)
SOCK = line("sock", 200, on_sale=True)
GIFT_CARD = line("card", 25, is_gift_card=True)
OVERSEAS = moment("2026-11-28 06:59", "Asia/Ho_Chi_Minh")
DRINKS = bill(line("latte", 3.50, 2), line("tea", 2.80))
ONE_PER_ONE, ONE_PER_TWO = per(1), per(2)
HALF_UP, UP = ({"rounding": {"points": way}} for way in (Rounding.HALF_UP, Rounding.UP))
FRIDAY = flat(1, starts_at=moment("2026-11-27"), ends_at=moment("2026-11-28"))
ON_THURSDAYS = frozenset({3})
THURSDAY = flat(1, weekdays=ON_THURSDAYS)


def day(text: str) -> datetime:
    return moment(f"2026-{text}")


def alone(award: int, **rest: object) -> Rule:
    return flat(award, exclusive=True, **rest)


def row(id: str, rules: list[Rule | Bonus], on: SaleFacts, expected: int, **program: object) -> object:
    return pytest.param(rules, on, expected, program, id=id)


@pytest.mark.parametrize(
    ("rules", "on", "expected", "program"),
    [
        row("E1", [FOUR], BASKET, 608),
        row("E2", [per(1, 4, excluded_items=BLUE)], BASKET, 208),
        row("E3", [per(1, 4, excluded_categories=RED)], BASKET, 560),
        row("E2 the other way: only blue", [per(1, 4, included_items=BLUE)], BASKET, 400),
        row("E3 the category less its item", [per(1, 4, included_categories=RED, excluded_items=RED)], BASKET, 0),
        row("E3 item or category", [per(1, 4, included_items=RED, included_categories=BLUE)], BASKET, 448),
        row("E2 nothing left", [per(1, 4, excluded_items=BLUE)], bill(line("blue", 100)), 0),
        row("E2 without lines", [per(1, 4, excluded_items=BLUE)], bill(total=152), 608),
        row("E2 only blue, without lines", [per(1, 4, included_items=BLUE)], bill(total=152), 0),
        row("E4", [FOUR, flat(100, included_items=RED)], BASKET, 708),
        row("E4 once, not per piece", [FOUR, flat(100, included_items=RED)], bill(line("red", 24, 2)), 196),
        row("E4 red not bought", [FOUR, flat(100, included_items=RED)], bill(line("blue", 100)), 400),
        row("E5", [FOUR, TRIPLE_RED], BASKET, 704),
        row("E5 as a rule", [FOUR, Rule(method=Method.MULTIPLY, award=3, included_items=RED)], BASKET, 704),
        row("E5 as a rule with a fraction", [FOUR, multiply("1.5", included_items=RED)], BASKET, 632),
        row("E5 by category", [FOUR, times("2", included_categories=BLUE)], BASKET, 1008),
        row("E5 all but red", [FOUR, times("3", excluded_items=RED)], BASKET, 1728),
        row("E5 and x2 on all: the best per line", [FOUR, TRIPLE_RED, times("2")], BASKET, 1264),
        row("E5 and x2 on all, multiplied", [FOUR, TRIPLE_RED, times("2")], BASKET, 1408, bonuses_multiply=True),
        row("E6 minimum 100", [per(1, 4, minimum=cents(100))], BASKET, 608),
        row("E6 minimum 300", [per(1, 4, minimum=cents(300))], BASKET, 0),
        row("E6 exactly the minimum", [per(1, 4, minimum=cents(152))], BASKET, 608),
        row("E6 a cent below", [per(1, 4, minimum=cents(152.01))], BASKET, 0),
        row("E6 of the whole purchase", [per(1, 4, minimum=cents(100), excluded_items=BLUE)], BASKET, 208),
        row("E7", [per(10, whole_steps=True)], bill(total=105), 10),
        row("E7 a cent short of a step", [per(10, whole_steps=True)], bill(total=109.99), 10),
        row("E7 steps over all lines", [per(10, whole_steps=True)], bill(line("a", 5), line("b", 5)), 1),
        row("E7 whole steps of several points", [per(10, 5, whole_steps=True)], bill(total=19.99), 5),
        row("E7 the same in proportion", [per(10, 5)], bill(total=19.99), 9),
        row("E8", [per(10, before_tax=True)], bill(total=23.35, before_tax=21.90), 2),
        row("E8 where it matters", [per(10, before_tax=True)], bill(total=23.35, before_tax=19.99), 1),
        row("E8 after tax", [per(10)], bill(total=23.35, before_tax=19.99), 2),
        row("E8 minimum before tax", [per(10, before_tax=True, minimum=2000)], bill(total=23.35, before_tax=19.99), 0),
        row("E9 x3", [flat(5), times("3")], bill(total=10), 15),
        row("E9 +3", [flat(5), plus(3)], bill(total=10), 8),
        row("E9 4 x1.5", [flat(4), times("1.5")], bill(total=10), 6),
        row("E9 5 x1.5", [flat(5), times("1.5")], bill(total=10), 7),
        row("E9 x3 then +3", [flat(5), plus(3), times("3")], bill(total=10), 18),
        row("E9 the best of two", [flat(5), times("3"), times("2")], bill(total=10), 15),
        row("E9 both", [flat(5), times("3"), times("2")], bill(total=10), 30, bonuses_multiply=True),
        row("E9 a bonus alone", [plus(3), times("2")], bill(total=10), 0),
        row("E9 +3 on nothing earned", [per(20, whole_steps=True), plus(3)], bill(total=10), 0),
        row("E10 per visit", [VISIT], DRINKS, 1),
        row("E10 per drink", [each()], DRINKS, 3),
        row("E10 per latte", [each(included_items=only("latte"))], DRINKS, 2),
        row("E10 a bare visit", [VISIT], bill(total=0, visit=True), 1),
        row("E10 a purchase rule on a bare visit", [flat(1)], bill(total=0, visit=True), 0),
        row("E10 drinks of a visit without prices", [each()], bill(line("latte", 0, 3), visit=True), 3),
        row("E10 per purchase", [flat(1)], DRINKS, 1),
        row("E10 a free drink", [each()], bill(line("latte", 3.50, 2), line("tea", 0)), 2),
        row("E11", [ONE_PER_ONE], bill(total=19.99), 19),
        row("E11 with a second rule", [ONE_PER_ONE, ONE_PER_TWO], bill(total=19.99), 28),
        row("E11 a cent more", [ONE_PER_ONE, ONE_PER_TWO], bill(total=20), 30),
        row("E12", [ONE_PER_ONE, ONE_PER_TWO, alone(100)], bill(total=19.99), 100),
        row("E12 two exclusive", [ONE_PER_ONE, alone(50, priority=5), alone(200, priority=20)], bill(total=19.99), 200),
        row("E12 priority beats size", [alone(50, priority=20), alone(200, priority=5)], bill(total=19.99), 50),
        row("E12 the better one", [alone(50), alone(200)], bill(total=19.99), 200),
        row("E12 it does not match", [ONE_PER_ONE, alone(100, minimum=cents(20))], bill(total=19.99), 19),
        row("E12 no rule multiplies it", [alone(100), multiply("2")], bill(total=20), 100),
        row("E12 a bonus still counts", [alone(100), ONE_PER_ONE, times("2")], bill(total=20), 200),
        row("E13 down", [flat(19), times("1.5")], bill(total=19), 28),
        row("E13 half up", [flat(19), times("1.5")], bill(total=19), 29, **HALF_UP),
        row("E13 up", [flat(19), times("1.5")], bill(total=19), 29, **UP),
        row("E13 19 whole steps", [per(1, whole_steps=True), times("1.5")], bill(total=19.99), 28),
        row("E13 rounded once, after the multiplier", [per(1), times("1.5")], bill(total=19.99), 29),
        row("E13 of another unit", [flat(19), times("1.5")], bill(total=19), 28, rounding={"stars": Rounding.UP}),
        row("E13 a third, up", [per(3)], bill(total=10), 4, **UP),
        row("E13 a third, half up", [per(3)], bill(total=10), 3, **HALF_UP),
        row("E14", [per(1, 3)], bill(total=40), 120),
        row("E15 Thursday", [THURSDAY], bill(total=10, at=day("01-01")), 1),
        row("E15 Friday", [THURSDAY], bill(total=10, at=day("01-02")), 0),
        row("E15 its last second", [THURSDAY], bill(total=10, at=day("01-01 23:59:59")), 1),
        row("E15 a second after the window", [FRIDAY], bill(total=10, at=day("11-28 00:00:01")), 0),
        row("E15 the end itself", [FRIDAY], bill(total=10, at=day("11-28")), 0),
        row("E15 the last second", [FRIDAY], bill(total=10, at=day("11-27 23:59:59")), 1),
        row("E15 the first moment", [FRIDAY], bill(total=10, at=day("11-27")), 1),
        row("E15 before it", [FRIDAY], bill(total=10, at=day("11-26 23:59:59")), 0),
        row("E15 the same moment on other clocks", [FRIDAY], bill(total=10, at=OVERSEAS), 1),
        row("E15 double on Thursdays", [per(1), times("2", weekdays=ON_THURSDAYS)], bill(total=10), 20),
        row("E16", [ONE_PER_ONE], bill(total=90), 90),
        row("E16 listed before the discount", [ONE_PER_ONE], bill(line("a", 60), line("b", 40), total=90), 90),
        row("E16 as a negative line", [ONE_PER_ONE], bill(line("a", 100), line("discount", -10)), 90),
        row("E16 on one item", [per(1, included_items=only("a"))], bill(line("a", 60), line("b", 40), total=90), 54),
        row("E17 part store credit", [ONE_PER_ONE], bill(total=100, payment="credit"), 100),
        row("E17 part gift card", [ONE_PER_ONE], bill(total=100, payment="gift card"), 100),
        row("E18", [each()], bill(line("coffee", 10, 5), line("reward", 0)), 5),
        row("E18 a reward off the bill", [each()], bill(line("coffee", 10, 5), reward=2), 5),
        row("E18 by money", [ONE_PER_ONE], bill(total=100, reward=30), 70),
        row("E18 on one item", [per(1, included_items=only("a"))], bill(line("a", 60), line("b", 40), reward=50), 30),
        row("E18 all of it", [ONE_PER_ONE, flat(5), each(), VISIT], bill(line("coffee", 10), reward=10), 0),
        row("E18 before tax", [per(1, before_tax=True)], bill(total=120, before_tax=100, reward=60), 50),
        row("E18 below the minimum then", [per(1, minimum=cents(80))], bill(total=100, reward=30), 0),
        row("E19 a coupon on one item", [ONE_PER_ONE], bill(line("a", 40)), 40),
        row("E19 ten off the bill", [ONE_PER_ONE], bill(line("a", 50), line("b", 20), total=60), 60),
        row("gift cards earn nothing", [ONE_PER_ONE], bill(line("shoes", 180), GIFT_CARD), 180),
        row("unless the rule says so", [per(1, gift_cards=True)], bill(GIFT_CARD), 25),
        row("nor help to a minimum", [per(1, minimum=cents(200))], bill(line("shoes", 180), GIFT_CARD), 0),
        row("sale items left out", [per(1, sale_items=False)], bill(line("tent", 300), SOCK), 300),
        row("a purchase of nothing", [ONE_PER_ONE, flat(5)], bill(total=0), 0),
        row("what is brought back", [ONE_PER_ONE, flat(5), VISIT], bill(line("a", -10)), 0),
    ],
)  # fmt: skip
def test_awarded(rules: list[Rule | Bonus], on: SaleFacts, expected: int, program: dict[str, object]) -> None:
    assert awarded(*rules, on=on, **program) == expected


def test_e19_item_returned() -> None:
    earned = awarded(ONE_PER_ONE, on=bill(line("a", 50), line("b", 20), total=60))
    assert earned - take_back(earned, 0, cents(60), 0, cents(20)) == 40
