"""What refunds take back: the worked examples R1 to R8 as far as one purchase's award goes, and more of their kinds.

What the balance does then (R6 owed, R7 the same refund twice) is the ledger's, in `tests/loyalty/domain`.
"""

import json

import pytest

from loyalty.engine.earn import earn
from loyalty.engine.facts import CustomerFacts, SaleFacts
from loyalty.engine.refunds import Refunded, parts_from, take_back, take_back_parts, take_back_visit
from loyalty.engine.rules import Bonus, ProgramRules, Rule, Trigger
from tests.scenarios.bills import BASKET, awarded, bill, cents, each, flat, line, only, per, plus, times


def one_after_another(awarded: int, total: float, *refunds: float) -> list[int]:
    """What each of several refunds takes back."""
    taken: list[int] = []
    refunded = 0
    for refund in refunds:
        taken.append(take_back(awarded, sum(taken), cents(total), refunded, cents(refund)))
        refunded += cents(refund)
    return taken


@pytest.mark.parametrize(
    ("award", "total", "refunds", "taken"),
    [
        pytest.param(50, 50, [50], [50], id="R1"),
        pytest.param(70, 70, [70], [70], id="R2 what was earned"),
        pytest.param(150, 70, [70], [150], id="R2 what was spent goes back"),
        pytest.param(1000, 200, [150, 100], [750, 250], id="R3"),
        pytest.param(1000, 200, [150, 50], [750, 250], id="R3 to the cent"),
        pytest.param(1000, 200, [300], [1000], id="R3 at once"),
        pytest.param(1000, 200, [200, 200], [1000, 0], id="R3 twice in full"),
        pytest.param(100, 100, [75], [75], id="R4"),
        pytest.param(10, 30, [10, 10, 10], [3, 4, 3], id="thirds"),
        pytest.param(100, 100, [33.33, 33.33, 33.34], [33, 34, 33], id="thirds of a hundred"),
        pytest.param(1, 10, [4, 2, 4], [0, 1, 0], id="one point goes once"),
        pytest.param(19, 19.99, [10, 9.99], [10, 9], id="with a fraction lost when it was earned"),
        pytest.param(5, 10, [5, 5], [3, 2], id="a tie goes"),
        pytest.param(3897, 1299, [1299], [3897], id="cashback"),
        pytest.param(0, 10, [10], [0], id="nothing earned"),
        pytest.param(7, 0, [0], [7], id="an award for nothing paid"),
        pytest.param(100, 100, [0], [0], id="a refund of nothing"),
    ],
)
def test_take_back(award: int, total: float, refunds: list[float], taken: list[int]) -> None:
    assert one_after_another(award, total, *refunds) == taken


def test_r5_the_original_award_counts() -> None:
    earned = awarded(per(1), on=bill(total=50))
    assert awarded(per(1, 2), on=bill(total=50)) == 100
    assert one_after_another(earned, 50, 50) == [50]


@pytest.mark.parametrize(
    ("total", "minimum", "refunds", "taken"),
    [
        pytest.param(25, 10, [10], [0], id="R8 kept"),
        pytest.param(25, 10, [20], [1], id="R8 taken back"),
        pytest.param(25, 10, [15], [0], id="R8 exactly the minimum left"),
        pytest.param(25, 10, [15, 0.01], [0, 1], id="R8 a cent less"),
        pytest.param(25, 10, [20, 5], [1, 0], id="R8 once only"),
        pytest.param(25, 0, [24.99], [0], id="R8 without a minimum"),
        pytest.param(25, 0, [25], [1], id="R8 without a minimum, all refunded"),
        pytest.param(25, 10, [30], [1], id="R8 more than all"),
    ],
)
def test_take_back_visit(total: float, minimum: float, refunds: list[float], taken: list[int]) -> None:
    got: list[int] = []
    for index, refund in enumerate(refunds):
        before = cents(sum(refunds[:index]))
        got.append(take_back_visit(1, sum(got), cents(total), before, cents(refund), minimum=cents(minimum)))
    assert got == taken


FOUR, RED = per(1, 4), only("red")
TRIPLE_RED = times("3", included_items=RED)
NO_BLUE = per(1, 4, excluded_items=only("blue"))
CAFE = bill(line("tea", 3), line("cake", 9, 3))
TAXED = bill(line("a", 12), line("b", 11), before_tax=20)
VISIT = flat(1, trigger=Trigger.VISIT, minimum=cents(10))


@pytest.mark.parametrize(
    ("rules", "on", "refunds", "taken"),
    [
        pytest.param([FOUR], BASKET, [{1: 100}], [400], id="blue returned"),
        pytest.param([FOUR, TRIPLE_RED], BASKET, [{0: 12}, {1: 100}, {2: 40}], [144, 400, 160], id="red tripled"),
        pytest.param([FOUR, TRIPLE_RED], BASKET, [{}], [352], id="half of the money, no line named"),
        pytest.param([NO_BLUE], BASKET, [{1: 100}, {0: 12}], [0, 48], id="blue earned nothing"),
        pytest.param([FOUR, flat(100, included_items=RED)], BASKET, [{1: 100}, {0: 12}], [400, 148], id="flat for red"),
        pytest.param([FOUR, plus(8)], BASKET, [{1: 100}], [405], id="an addition follows the money"),
        pytest.param([each()], CAFE, [{0: 3}, {1: 3}, {1: 9}], [1, 1, 2], id="per item"),
        pytest.param([per(1)], bill(line("a", 50), line("b", 20), total=60), [{1: 20}, {0: 40}], [20, 40], id="E19"),
        pytest.param([per(1, before_tax=True)], TAXED, [{0: 12}, {1: 11}], [10, 10], id="before tax"),
        pytest.param([VISIT, per(10)], bill(total=25), [{}, {}], [1, 2], id="a visit and its money"),
    ],
)  # fmt: skip
def test_take_back_of_lines(
    rules: list[Rule | Bonus], on: SaleFacts, refunds: list[dict[int, float]], taken: list[int]
) -> None:
    """Refunds that name lines (a later mention of a line is its sum so far); {} is half of the total without lines."""
    award = earn(
        ProgramRules(
            tuple(rule for rule in rules if isinstance(rule, Rule)),
            tuple(bonus for bonus in rules if isinstance(bonus, Bonus)),
        ),
        on,
        CustomerFacts(),
    )[0]
    parts = parts_from(json.loads(json.dumps(award.explain())))
    so_far: dict[int | None, int] = {}
    unnamed = 0
    got: list[int] = []
    for refund in refunds:
        so_far |= {index: cents(amount) for index, amount in refund.items()}
        unnamed += 0 if refund else on.total // 2
        refunded = Refunded(sum(so_far.values()) + unnamed, so_far)
        got.append(take_back_parts(parts, taken_before=sum(got), sale_total=on.total, refunded=refunded))
    assert got == taken
