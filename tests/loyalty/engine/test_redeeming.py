from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.redeeming import BelowMinimum, PointsAsMoney, convert, pay_with_points, percent_off, pieces_cost

terms = st.builds(
    PointsAsMoney,
    points=st.integers(1, 1000),
    worth=st.integers(1, 1000),
    whole_steps=st.booleans(),
    minimum=st.integers(0, 50),
    max_share=st.fractions(Fraction(1, 100), 1, max_denominator=100),
)


@given(terms, st.integers(0, 10**6), st.integers(0, 10**6))
def test_points_never_pay_more_than_asked_allowed_or_due(terms: PointsAsMoney, asked: int, bill: int) -> None:
    paid = pay_with_points(replace(terms, minimum=0), asked=asked, bill=bill)
    if paid.points < terms.minimum:
        with pytest.raises(BelowMinimum):
            pay_with_points(terms, asked=asked, bill=bill)
    else:
        assert pay_with_points(terms, asked=asked, bill=bill) == paid
    assert 0 <= paid.points <= asked
    assert 0 <= paid.worth <= bill * terms.max_share
    assert paid.to_pay == bill - paid.worth >= 0
    assert paid.worth <= Fraction(paid.points * terms.worth, terms.points)
    assert bool(paid.points) == bool(paid.worth)
    assert not terms.whole_steps or paid.points % terms.points == 0


@given(st.integers(0, 10**6), st.integers(0, 100), st.none() | st.integers(0, 10**4), st.integers(0, 2 * 10**6))
def test_a_bill_never_falls_below_zero(bill: int, percent: int, cap: int | None, already_off: int) -> None:
    off = percent_off(bill, percent=percent, cap=cap, already_off=already_off)
    assert 0 <= off <= max(bill - already_off, 0)
    assert cap is None or off <= cap


@given(st.integers(0, 10**6), st.integers(1, 1000), st.none() | st.integers(0, 50))
def test_nothing_is_lost_in_a_conversion(balance: int, cost: int, at_most: int | None) -> None:
    done = convert(balance, cost=cost, at_most=at_most)
    assert done.used == done.rewards * cost
    assert done.used + done.left == balance
    assert done.left < cost or done.rewards == at_most


@pytest.mark.parametrize("wrong", [{"points": 0}, {"worth": 0}, {"max_share": Fraction(2)}, {"max_share": Fraction(0)}])
def test_terms_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="worth something"):
        PointsAsMoney(**{"points": 1, "worth": 1} | wrong)


def test_numbers_below_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="counted"):
        pieces_cost(-1, per=1, cost=1)
    with pytest.raises(ValueError, match="negative"):
        pay_with_points(PointsAsMoney(1, 1), asked=-1, bill=5)
    with pytest.raises(ValueError, match="cost something"):
        convert(5, cost=0)
