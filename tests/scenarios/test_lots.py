"""Lots, spending and expiry: the worked examples L1 to L10 as far as planning goes, and more of their kinds."""

from datetime import date

import pytest

from loyalty.engine.lots import (
    ExpiryKind,
    ExpiryPolicy,
    LotView,
    NotEnough,
    Take,
    last_good_day,
    plan_give_back,
    plan_spend,
    usable,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def lots(*remaining_until: tuple[int, str | None]) -> list[LotView]:
    """Lots 1, 2, 3 in the order they were earned, with what is left and the last good day."""
    return [
        LotView(number, remaining, day(until) if until else None, number)
        for number, (remaining, until) in enumerate(remaining_until, start=1)
    ]


def left_after(given: list[LotView], amount: int, on: str | None = None) -> list[int]:
    taken = {take.lot_id: take.amount for take in plan_spend(given, amount, on=day(on) if on else None)}
    return [lot.remaining - taken.get(lot.id, 0) for lot in given]


@pytest.mark.parametrize(
    ("given", "amount", "left"),
    [
        pytest.param(lots((575, "2026-04-01")), 500, [75], id="L1 first purchase"),
        pytest.param(lots((75, "2026-04-01"), (805, "2026-04-20")), 500, [0, 380], id="L1 second purchase"),
        pytest.param(lots((100, "2027-06-01"), (100, "2027-01-01")), 100, [100, 0], id="L2"),
        pytest.param(lots((100, None), (100, "2027-01-01")), 150, [50, 0], id="L3"),
        pytest.param(lots((50, "2027-01-01"), (50, "2027-01-01")), 70, [0, 30], id="L4"),
        pytest.param(lots((50, None), (50, None)), 70, [0, 30], id="L4 that never expire"),
        pytest.param(lots((100, "2027-01-01"), (100, "2027-06-01")), 150, [0, 50], id="L9 before D1"),
        pytest.param(lots((10, "2027-01-01"), (0, None), (5, None)), 15, [0, 0, 0], id="all of it"),
        pytest.param(lots((10, None)), 0, [10], id="nothing"),
    ],
)
def test_spending(given: list[LotView], amount: int, left: list[int]) -> None:
    assert left_after(given, amount) == left
    assert left_after(given[::-1], amount) == left[::-1]


def test_l1_the_second_lot_is_good_through_day_90_of_its_own() -> None:
    second = LotView(2, 380, last_good_day(ExpiryPolicy(ExpiryKind.DAYS, 90), day("2026-01-20")), 2)
    assert usable([second], day("2026-04-20")) == [second]
    assert usable([second], day("2026-04-21")) == []


def test_l9_what_is_past_is_not_spent_even_if_no_job_has_run() -> None:
    given = lots((0, "2027-01-01"), (50, "2027-06-01"), (30, "2027-01-01"))
    assert left_after(given, 50, on="2027-01-02") == [0, 0, 30]
    with pytest.raises(NotEnough) as refused:
        plan_spend(given, 51, on=day("2027-01-02"))
    assert (refused.value.available, refused.value.asked) == (50, 51)


def test_l10_undone_points_go_back_to_their_own_lots() -> None:
    takes = plan_spend(lots((100, "2027-01-01"), (100, "2027-06-01")), 150)
    assert plan_give_back(takes, 150) == [Take(2, 50), Take(1, 100)]
    assert plan_give_back(takes, 70) == [Take(2, 50), Take(1, 20)]
    with pytest.raises(ValueError, match="more would go back"):
        plan_give_back(takes, 151)


@pytest.mark.parametrize(
    ("kind", "count", "earned_on", "last"),
    [
        pytest.param(ExpiryKind.NEVER, 0, "2026-01-01", None, id="never"),
        pytest.param(ExpiryKind.DAYS, 90, "2026-01-01", "2026-04-01", id="L1 day 90 is good"),
        pytest.param(ExpiryKind.DAYS, 0, "2026-01-01", "2026-01-01", id="good on no other day"),
        pytest.param(ExpiryKind.DAYS, 365, "2023-03-01", "2024-02-29", id="365 days into a leap year"),
        pytest.param(ExpiryKind.MONTHS, 24, "2025-05-31", "2027-05-31", id="24 months"),
        pytest.param(ExpiryKind.MONTHS, 1, "2026-01-31", "2026-02-28", id="a month from the 31st"),
        pytest.param(ExpiryKind.MONTHS, 1, "2024-01-31", "2024-02-29", id="a month from the 31st, leap year"),
        pytest.param(ExpiryKind.MONTHS, 12, "2024-02-29", "2025-02-28", id="a year from 29 February"),
        pytest.param(ExpiryKind.MONTHS, 48, "2024-02-29", "2028-02-29", id="four years from 29 February"),
        pytest.param(ExpiryKind.MONTHS, 6, "2026-08-15", "2027-02-15", id="over the new year"),
        pytest.param(ExpiryKind.MONTHS_END_OF_MONTH, 12, "2020-07-06", "2021-07-31", id="L6"),
        pytest.param(ExpiryKind.MONTHS_END_OF_MONTH, 12, "2023-02-28", "2024-02-29", id="L6 leap year"),
        pytest.param(ExpiryKind.MONTHS_END_OF_MONTH, 0, "2019-01-22", "2019-01-31", id="end of this month"),
        pytest.param(ExpiryKind.MONTHS_END_OF_MONTH, 1, "2026-12-31", "2027-01-31", id="end of next month"),
        pytest.param(ExpiryKind.END_OF_YEAR, 0, "2018-01-01", "2018-12-31", id="L7 first day"),
        pytest.param(ExpiryKind.END_OF_YEAR, 0, "2018-12-31", "2018-12-31", id="L7 last day"),
        pytest.param(ExpiryKind.END_OF_YEAR, 1, "2018-06-01", "2019-12-31", id="end of the next year"),
        pytest.param(ExpiryKind.INACTIVITY_MONTHS, 12, "2021-12-31", "2022-12-30", id="L5"),
        pytest.param(ExpiryKind.INACTIVITY_DAYS, 365, "2021-12-31", "2022-12-30", id="L5 in days"),
        pytest.param(ExpiryKind.INACTIVITY_MONTHS, 18, "2026-01-15", "2027-07-14", id="18 months without activity"),
        pytest.param(ExpiryKind.INACTIVITY_MONTHS, 12, "2024-02-29", "2025-02-27", id="a year without, leap year"),
    ],
)
def test_last_good_day(kind: ExpiryKind, count: int, earned_on: str, last: str | None) -> None:
    assert last_good_day(ExpiryPolicy(kind, count), day(earned_on)) == (day(last) if last else None)


def test_l5_all_lots_go_by_the_last_activity() -> None:
    policy = ExpiryPolicy(ExpiryKind.INACTIVITY_MONTHS, 12)
    last = last_good_day(policy, max(day("2021-01-01"), day("2021-12-31")))
    both = [LotView(1, 500, last, 1), LotView(2, 100, last, 2)]
    assert policy.by_inactivity
    assert sum(lot.remaining for lot in usable(both, day("2022-12-30"))) == 600
    assert usable(both, day("2022-12-31")) == []
