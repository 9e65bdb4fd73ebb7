"""The named programs: the worked examples of each as far as one program's rules go.

"In the style of": the numbers are the public ones of the year that the test names.
"""

from datetime import date

import pytest

from loyalty.engine.amounts import format_units
from loyalty.engine.facts import CustomerFacts
from loyalty.engine.lots import ExpiryKind, ExpiryPolicy, last_good_day
from loyalty.engine.redeeming import Conversion, amount_off, convert
from loyalty.engine.refunds import take_back
from loyalty.engine.rules import Rule
from loyalty.engine.tiers import Standing, TierBasis, TierPolicy, TierStep, TierWindow, qualify, standing_on
from tests.scenarios.bills import awarded, bill, cents, each, flat, line, only, per, times


def tier(code: str) -> CustomerFacts:
    return CustomerFacts(tier=code)


DSW = [per(1, tiers=only("club", "gold")), per(1, 2, tiers=only("elite"))]
DSW_TIERS = (TierStep("club", 0), TierStep("gold", cents(200)), TierStep("elite", cents(500)))


@pytest.mark.parametrize(("code", "points"), [("club", 180), ("gold", 180), ("elite", 360), ("", 0)])
def test_dsw_earns_by_tier_and_nothing_for_gift_cards(code: str, points: int) -> None:
    on = bill(line("shoes", 180), line("gift card", 25, is_gift_card=True))
    assert awarded(*DSW, on=on, customer=tier(code)) == points


@pytest.mark.parametrize(
    ("points", "cost", "expected"),
    [
        pytest.param(180, 100, Conversion(1, 100, 80), id="one voucher of 5, 80 left"),
        pytest.param(400, 100, Conversion(4, 400, 0), id="four"),
        pytest.param(410, 200, Conversion(2, 400, 10), id="saved up for 10"),
        pytest.param(410, 400, Conversion(1, 400, 10), id="saved up for 20"),
    ],
)
def test_dsw_vouchers(points: int, cost: int, expected: Conversion) -> None:
    assert convert(points, cost=cost) == expected


@pytest.mark.parametrize(("spent", "code"), [(199.99, "club"), (200, "gold"), (499.99, "gold"), (500, "elite")])
def test_dsw_tiers(spent: float, code: str) -> None:
    assert qualify(DSW_TIERS, cents(spent)) == code


def test_dsw_points_are_good_for_24_months() -> None:
    assert last_good_day(ExpiryPolicy(ExpiryKind.MONTHS, 24), date(2025, 6, 15)) == date(2027, 6, 15)


SEPHORA_TIERS = TierPolicy(
    (TierStep("insider", 0), TierStep("vib", cents(350)), TierStep("rouge", cents(1000))),
    TierWindow.CALENDAR_YEAR,
    basis=TierBasis.SPENT,
)
SEPHORA_2018 = [
    per(1, tiers=only("insider")),
    per(4, 5, tiers=only("vib")),
    per(2, 3, tiers=only("rouge")),
]


def test_sephora_status_is_for_the_rest_of_the_year_and_the_next() -> None:
    history = [(date(2022, 1, 20), cents(350))]
    assert standing_on(SEPHORA_TIERS, history, date(2022, 1, 20)) == Standing("vib", date(2023, 12, 31))
    assert standing_on(SEPHORA_TIERS, history, date(2023, 12, 31)).code == "vib"
    assert standing_on(SEPHORA_TIERS, history, date(2024, 1, 1)).code == "insider"


@pytest.mark.parametrize(("code", "points"), [("insider", 80), ("vib", 100), ("rouge", 120)])
def test_sephora_2018_rates(code: str, points: int) -> None:
    assert awarded(*SEPHORA_2018, on=bill(total=80), customer=tier(code)) == points
    by_bonus = [per(1), times("1.25", tiers=only("vib")), times("1.5", tiers=only("rouge"))]
    assert awarded(*by_bonus, on=bill(total=80), customer=tier(code)) == points


@pytest.mark.parametrize("code", ["insider", "vib", "rouge"])
def test_sephora_2021_rates(code: str) -> None:
    assert awarded(per(1), on=bill(total=80), customer=tier(code)) == 80


def test_sephora_1240_points_are_twice_10_off() -> None:
    assert convert(1240, cost=500) == Conversion(2, 1000, 240)


STARBUCKS = [per(1, 10, tiers=only("green")), per(1, 12, tiers=only("gold")), per(1, 17, tiers=only("reserve"))]
STARBUCKS_TIERS = TierPolicy(
    (TierStep("green", 0), TierStep("gold", 5000), TierStep("reserve", 25000)), TierWindow.ROLLING_MONTHS
)


@pytest.mark.parametrize(("code", "tenths"), [("green", 830), ("gold", 996), ("reserve", 1411)])
def test_starbucks_counts_tenths_of_stars(code: str, tenths: int) -> None:
    assert awarded(*STARBUCKS, on=bill(total=83), customer=tier(code)) == tenths


def test_starbucks_shows_one_decimal() -> None:
    assert format_units(996, decimals=1, locale="en") == "99.6"


def test_starbucks_in_whole_stars() -> None:
    assert awarded(per(1), times("1.2", tiers=only("gold")), on=bill(total=83), customer=tier("gold")) == 99


def test_starbucks_double_star_day() -> None:
    assert awarded(*STARBUCKS, times("2"), on=bill(total=83), customer=tier("gold")) == 1992


def test_starbucks_490_stars_and_a_purchase_of_10_make_gold() -> None:
    history = [(date(2026, 4, 1), 4900), (date(2026, 9, 1), 100)]
    assert awarded(*STARBUCKS, on=bill(total=10), customer=tier("green")) == 100
    assert standing_on(STARBUCKS_TIERS, history[:1], date(2026, 8, 31)).code == "green"
    assert standing_on(STARBUCKS_TIERS, history, date(2026, 9, 1)) == Standing("gold", date(2027, 9, 1))


@pytest.mark.parametrize(
    ("points", "before", "expected"),
    [
        pytest.param(260, 0, Conversion(2, 200, 60), id="two of 10, 60 carried over"),
        pytest.param(760, 0, Conversion(5, 500, 260), id="at most 50 in a window"),
        pytest.param(260, 4, Conversion(1, 100, 160), id="40 given in this window before"),
    ],
)
def test_xplr_pass_turns_points_into_rewards(points: int, before: int, expected: Conversion) -> None:
    earned = awarded(per(1), on=bill(total=points))
    assert convert(earned, cost=100, at_most=5 - before) == expected


REI = per(1, 10, unit="dividend", sale_items=False)


def test_rei_dividend_is_for_full_price_goods() -> None:
    on = bill(line("tent", 300), line("jacket", 200, on_sale=True), line("card", 50, is_gift_card=True))
    assert awarded(REI, on=on, unit="dividend") == cents(30)


APPLE = [
    per(1, 3, unit="cash", exclusive=True, priority=3, included_categories=only("named seller")),
    per(1, 2, unit="cash", exclusive=True, priority=2, payments=only("phone")),
    per(1, 1, unit="cash"),
]


@pytest.mark.parametrize(
    ("seller", "payment", "amount", "cash"),
    [
        ("named seller", "card", 1299, 38.97),
        ("named seller", "phone", 1299, 38.97),
        ("other", "phone", 100, 2),
        ("other", "card", 100, 1),
        ("other", "card", 0.99, 0),
    ],
)
def test_apple_daily_cash(seller: str, payment: str, amount: float, cash: float) -> None:
    on = bill(line("phone", amount, category=seller), payment=payment)
    assert awarded(*APPLE, on=on, unit="cash") == cents(cash)


def test_apple_daily_cash_is_taken_back_on_a_return() -> None:
    assert take_back(cents(38.97), 0, cents(1299), 0, cents(1299)) == cents(38.97)


STAMP: Rule = each(unit="stamps", limit_per_day=4, id=1)


def test_coffee_card_has_a_stamp_per_drink_and_at_most_some_a_day() -> None:
    round_of_six = bill(line("latte", 21, 6))
    assert awarded(STAMP, on=bill(line("latte", 10.50, 3)), unit="stamps") == 3
    assert awarded(STAMP, on=round_of_six, unit="stamps") == 4


def test_coffee_card_the_tenth_is_free() -> None:
    assert convert(9, cost=9) == Conversion(1, 9, 0)
    assert convert(8, cost=9) == Conversion(0, 0, 8)
    assert awarded(STAMP, on=bill(line("latte", 3.50), reward=3.50), unit="stamps") == 0


def test_points_and_stamps_side_by_side() -> None:
    on = bill(line("latte", 7, 2), line("beans", 12))
    program = [per(1), each(unit="stamps", included_items=only("latte")), flat(5)]
    assert awarded(*program, on=on, unit="points") == 24
    assert awarded(*program, on=on, unit="stamps") == 2


def test_cashback_shop() -> None:
    credit = per(1, 5, unit="credit")
    assert awarded(credit, on=bill(total=79.90), unit="credit") == 399
    assert last_good_day(ExpiryPolicy(ExpiryKind.MONTHS, 6), date(2026, 8, 31)) == date(2027, 2, 28)
    assert amount_off(cents(30), remaining=cents(40) // 2) == cents(20)
