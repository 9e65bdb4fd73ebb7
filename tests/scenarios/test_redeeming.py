"""What rewards cost and are worth: the worked examples S1 to S8 as far as reckoning goes, and more of their kinds."""

from datetime import date
from fractions import Fraction

import pytest

from loyalty.engine.lots import LotView, NotEnough, plan_spend
from loyalty.engine.redeeming import (
    BelowMinimum,
    Conversion,
    Payment,
    PointsAsMoney,
    amount_off,
    convert,
    pay_with_points,
    percent_off,
    pieces_cost,
    voucher_last_day,
)
from tests.scenarios.bills import cents


def test_s1_not_even_with_what_the_order_earns() -> None:
    with pytest.raises(NotEnough) as refused:
        plan_spend([LotView(1, 3, None, 1), LotView(2, 1, None, 2)], 5)
    assert (refused.value.available, refused.value.asked) == (4, 5)


@pytest.mark.parametrize(
    ("pieces", "per", "cost", "expected"),
    [
        pytest.param(5, 2, 3, 9, id="S3"),
        pytest.param(4, 2, 3, 6, id="S3 whole bundles"),
        pytest.param(1, 2, 3, 3, id="S3 one piece"),
        pytest.param(0, 2, 3, 0, id="S3 none"),
        pytest.param(7, 1, 25, 175, id="one by one"),
        pytest.param(7, 3, 10, 30, id="three for ten"),
    ],
)
def test_pieces_cost(pieces: int, per: int, cost: int, expected: int) -> None:
    assert pieces_cost(pieces, per=per, cost=cost) == expected


TWO_EACH = PointsAsMoney(points=1, worth=cents(2))
HUNDREDS = PointsAsMoney(points=100, worth=cents(5), whole_steps=True)
CENTS = PointsAsMoney(points=1, worth=1, max_share=Fraction(1, 2))
THIRDS = PointsAsMoney(points=3, worth=cents(1))


@pytest.mark.parametrize(
    ("terms", "asked", "bill", "expected"),
    [
        pytest.param(TWO_EACH, 50, 100, Payment(50, cents(100), 0), id="S4 free"),
        pytest.param(TWO_EACH, 20, 100, Payment(20, cents(40), cents(60)), id="S4 a part"),
        pytest.param(TWO_EACH, 60, 100, Payment(50, cents(100), 0), id="S4 more than the bill"),
        pytest.param(TWO_EACH, 50, 99, Payment(50, cents(99), 0), id="S4 the last point pays what is left"),
        pytest.param(HUNDREDS, 1050, 200, Payment(1000, cents(50), cents(150)), id="S5 whole steps"),
        pytest.param(HUNDREDS, 99, 200, Payment(0, 0, cents(200)), id="S5 less than a step"),
        pytest.param(HUNDREDS, 1050, 12, Payment(200, cents(10), cents(2)), id="S5 steps within the bill"),
        pytest.param(CENTS, 9000, 100, Payment(5000, cents(50), cents(50)), id="S5 half the bill"),
        pytest.param(CENTS, 4000, 100, Payment(4000, cents(40), cents(60)), id="S5 below half the bill"),
        pytest.param(CENTS, 10, 0.05, Payment(2, 2, 3), id="S5 half of an odd bill"),
        pytest.param(THIRDS, 1, 10, Payment(1, 33, 967), id="a third of one"),
        pytest.param(THIRDS, 30, 0.50, Payment(2, 50, 0), id="no point for nothing"),
        pytest.param(TWO_EACH, 5, 0, Payment(0, 0, 0), id="nothing to pay"),
    ],
)
def test_pay_with_points(terms: PointsAsMoney, asked: int, bill: float, expected: Payment) -> None:
    assert pay_with_points(terms, asked=asked, bill=cents(bill)) == expected


@pytest.mark.parametrize(("asked", "bill"), [(400, 100), (499, 100), (500, 4.99), (0, 100)])
def test_s5_below_the_minimum(asked: int, bill: float) -> None:
    with pytest.raises(BelowMinimum) as refused:
        pay_with_points(PointsAsMoney(points=1, worth=1, minimum=500), asked=asked, bill=cents(bill))
    assert refused.value.minimum == 500


def test_s5_exactly_the_minimum() -> None:
    terms = PointsAsMoney(points=100, worth=cents(5), whole_steps=True, minimum=500)
    assert pay_with_points(terms, asked=500, bill=cents(100)) == Payment(500, cents(25), cents(75))


@pytest.mark.parametrize(
    ("issued", "days", "last"),
    [("2018-07-01", 30, "2018-07-31"), ("2026-12-15", 30, "2027-01-14"), ("2024-02-28", 1, "2024-02-29")],
)
def test_s7_last_day_of_a_voucher(issued: str, days: int, last: str) -> None:
    assert voucher_last_day(date.fromisoformat(issued), days) == date.fromisoformat(last)


def test_s7_a_voucher_for_ever() -> None:
    assert voucher_last_day(date(2018, 7, 1), None) is None


@pytest.mark.parametrize(
    ("bill", "percent", "cap", "already_off", "off"),
    [
        pytest.param(120, 20, 9, 0, 9, id="S8 capped"),
        pytest.param(255, 20, 9, 249, 6, id="S8 what remains"),
        pytest.param(40, 20, 9, 0, 8, id="S8 below the cap"),
        pytest.param(45, 20, 9, 0, 9, id="S8 exactly the cap"),
        pytest.param(120, 20, None, 0, 24, id="without a cap"),
        pytest.param(10, 100, None, 0, 10, id="all of it"),
        pytest.param(10, 20, None, 12, 0, id="nothing left to take off"),
        pytest.param(0.99, 50, None, 0, 0.50, id="half a cent goes up"),
        pytest.param(9.99, Fraction(15, 2), None, 0, 0.75, id="7.5 percent"),
    ],
)
def test_percent_off(bill: float, percent: Fraction, cap: int | None, already_off: int, off: float) -> None:
    limit = None if cap is None else cents(cap)
    assert percent_off(cents(bill), percent=percent, cap=limit, already_off=cents(already_off)) == cents(off)


@pytest.mark.parametrize(("off", "remaining", "expected"), [(249, 6, 6), (5, 6, 5), (6, 6, 6), (5, 0, 0), (5, -1, 0)])
def test_s8_amount_off(off: int, remaining: int, expected: int) -> None:
    assert amount_off(cents(off), remaining=cents(remaining)) == cents(expected)


@pytest.mark.parametrize(
    ("balance", "cost", "at_most", "expected"),
    [
        (260, 100, None, Conversion(2, 200, 60)),
        (260, 100, 1, Conversion(1, 100, 160)),
        (99, 100, None, Conversion(0, 0, 99)),
        (100, 100, 0, Conversion(0, 0, 100)),
        (-5, 100, None, Conversion(0, 0, -5)),
    ],
)
def test_convert(balance: int, cost: int, at_most: int | None, expected: Conversion) -> None:
    assert convert(balance, cost=cost, at_most=at_most) == expected
