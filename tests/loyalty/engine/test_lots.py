from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.lots import (
    ExpiryKind,
    ExpiryPolicy,
    LotView,
    NotEnough,
    active_since,
    holds_too_long,
    last_good_day,
    plan_give_back,
    plan_spend,
    shortest_life,
    spending_order,
)

days = st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1))
lots = st.lists(st.tuples(st.integers(0, 500), days, days), max_size=12).map(
    lambda rows: [LotView(number, left, until, number, since) for number, (left, until, since) in enumerate(rows)]
)


@given(lots, st.integers(0, 3000), st.dates(date(2026, 1, 1), date(2026, 3, 2)))
def test_a_plan_takes_what_was_asked_in_order_or_nothing(given_lots: list[LotView], asked: int, on: date) -> None:
    good = [lot for lot in given_lots if (lot.first_good_day or on) <= on <= (lot.last_good_day or on)]
    available = sum(lot.remaining for lot in good)
    if asked > available:
        with pytest.raises(NotEnough) as refused:
            plan_spend(given_lots, asked, on=on)
        assert refused.value.available == available
        return
    taken = {take.lot_id: take.amount for take in plan_spend(given_lots, asked, on=on)}
    assert sum(taken.values()) == asked
    assert all(0 < taken[lot.id] <= lot.remaining for lot in good if lot.id in taken)
    assert set(taken) <= {lot.id for lot in good}
    order = sorted((lot for lot in good if lot.remaining), key=spending_order)
    touched = [lot.id in taken for lot in order]
    assert touched == sorted(touched, reverse=True)
    assert all(taken[lot.id] == lot.remaining for lot in order[: max(len(taken) - 1, 0)])


@given(lots, st.data())
def test_what_is_given_back_was_taken(given_lots: list[LotView], data: st.DataObject) -> None:
    available = sum(lot.remaining for lot in given_lots)
    takes = plan_spend(given_lots, data.draw(st.integers(0, available)))
    taken = {take.lot_id: take.amount for take in takes}
    back = data.draw(st.integers(0, sum(taken.values())))
    given_back = plan_give_back(takes, back)
    assert sum(take.amount for take in given_back) == back
    assert all(0 < take.amount <= taken[take.lot_id] for take in given_back)


def test_a_lot_is_good_on_its_last_day_and_not_after() -> None:
    lot = LotView(1, 5, date(2026, 1, 31), 1)
    assert plan_spend([lot], 5, on=date(2026, 1, 31))
    with pytest.raises(NotEnough):
        plan_spend([lot], 1, on=date(2026, 1, 31) + timedelta(days=1))


def test_a_lot_is_good_on_its_first_day_and_not_before() -> None:
    lot = LotView(1, 5, None, 1, date(2026, 1, 31))
    assert plan_spend([lot], 5, on=date(2026, 1, 31))
    with pytest.raises(NotEnough):
        plan_spend([lot], 1, on=date(2026, 1, 30))


@pytest.mark.parametrize(
    ("kind", "count", "days"),
    [
        (ExpiryKind.NEVER, 0, None),
        (ExpiryKind.DAYS, 30, 30),
        (ExpiryKind.MONTHS, 1, 28),
        (ExpiryKind.MONTHS, 2, 59),
        (ExpiryKind.MONTHS, 12, 365),
        (ExpiryKind.MONTHS_END_OF_MONTH, 1, 28),
        (ExpiryKind.END_OF_YEAR, 0, 0),
        (ExpiryKind.END_OF_YEAR, 1, 365),
        (ExpiryKind.INACTIVITY_DAYS, 30, 29),
        (ExpiryKind.INACTIVITY_MONTHS, 1, 27),
    ],
)
def test_a_hold_is_shorter_than_the_shortest_life(kind: ExpiryKind, count: int, days: int | None) -> None:
    policy = ExpiryPolicy(kind, count)
    assert shortest_life(policy) == days
    assert not holds_too_long(0, policy)
    assert holds_too_long(max(days or 0, 1), policy) == (days is not None)
    assert not holds_too_long(max((days or 0) - 1, 0), policy)


def test_a_spending_is_not_negative() -> None:
    with pytest.raises(ValueError, match="not negative"):
        plan_spend([], -1)
    with pytest.raises(ValueError, match="more would go back"):
        plan_give_back([], -1)


@given(
    st.sampled_from([ExpiryKind.INACTIVITY_DAYS, ExpiryKind.INACTIVITY_MONTHS]), st.integers(1, 40),
    st.dates(date(2023, 1, 1), date(2028, 12, 31)),
)  # fmt: skip
def test_who_was_active_since_the_day_has_lost_nothing_and_who_was_not_has(
    kind: ExpiryKind, count: int, today: date
) -> None:
    policy = ExpiryPolicy(kind, count)
    since = active_since(policy, today)
    assert last_good_day(policy, since) >= today > last_good_day(policy, since - timedelta(days=1))


def test_without_inactivity_it_does_not_matter_who_was_active() -> None:
    assert active_since(ExpiryPolicy(ExpiryKind.MONTHS, 3), date(2026, 1, 5)) is None
