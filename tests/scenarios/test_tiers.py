"""Tiers: the worked examples T1 to T4, and more of their kinds."""

from datetime import date

import pytest

from loyalty.engine.tiers import (
    Standing,
    TierPolicy,
    TierStep,
    TierWindow,
    higher,
    keep_until,
    next_step,
    qualify,
    standing_on,
    tier_for,
    window_start,
)

T1 = (TierStep("first", 0), TierStep("second", 10), TierStep("third", 30), TierStep("fourth", 100))
T2 = (TierStep("first", 0), TierStep("second", 20), TierStep("third", 30))
LADDER = (TierStep("gold", 200), TierStep("elite", 500))
YEARLY = TierPolicy(LADDER, TierWindow.CALENDAR_YEAR)
ROLLING = TierPolicy(LADDER, TierWindow.ROLLING_MONTHS, months=12)


def day(text: str) -> date:
    return date.fromisoformat(text)


def standing(policy: TierPolicy, on: str, **history: int) -> Standing:
    """The standing after values on days, written d2019_03_03=200."""
    return standing_on(policy, [(day(key[1:].replace("_", "-")), value) for key, value in history.items()], day(on))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(5, "first", id="T1 5"),
        pytest.param(15, "second", id="T1 5 + 10"),
        pytest.param(45, "third", id="T1 5 + 10 + 30"),
        pytest.param(0, "first", id="T1 nothing"),
        pytest.param(10, "second", id="T1 exactly"),
        pytest.param(9, "first", id="T1 one short"),
        pytest.param(10**9, "fourth", id="T1 the top"),
    ],
)
def test_t1_by_points_earned(value: int, code: str) -> None:
    assert qualify(T1, value) == code
    assert qualify(T1[::-1], value) == code


def test_below_the_first_step_there_is_no_tier() -> None:
    assert qualify(LADDER, 199) == ""
    assert qualify((), 5) == ""


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(40, "third", id="T2 40"),
        pytest.param(0, "second", id="T2 0 while on the third: the floor holds"),
        pytest.param(21, "second", id="T2 21 stays"),
        pytest.param(29, "second", id="T2 29"),
        pytest.param(30, "third", id="T2 30"),
    ],
)
def test_t2_floor(value: int, code: str) -> None:
    assert tier_for(T2, value, floor="second") == code


def test_t2_a_tier_kept_stays_above_the_floor() -> None:
    assert tier_for(T2, 0, floor="second", kept="third") == "third"


def test_a_tier_that_was_removed_counts_for_nothing() -> None:
    assert higher(T2, "platinum", "second") == "second"
    assert tier_for(T2, 0, floor="platinum") == "first"


@pytest.mark.parametrize(
    ("policy", "reached", "last"),
    [
        pytest.param(YEARLY, "2018-11-15", "2019-12-31", id="T3"),
        pytest.param(YEARLY, "2018-01-01", "2019-12-31", id="T3 first day of the year"),
        pytest.param(YEARLY, "2018-12-31", "2019-12-31", id="T3 last day of the year"),
        pytest.param(ROLLING, "2019-03-03", "2020-03-03", id="T4"),
        pytest.param(ROLLING, "2020-02-29", "2021-02-28", id="T4 leap day"),
        pytest.param(TierPolicy(LADDER), "2019-03-03", None, id="for ever"),
    ],
)
def test_kept_until(policy: TierPolicy, reached: str, last: str | None) -> None:
    assert keep_until(policy, day(reached)) == (day(last) if last else None)


@pytest.mark.parametrize(
    ("policy", "on", "start"),
    [
        (YEARLY, "2018-11-15", "2018-01-01"),
        (ROLLING, "2020-03-03", "2019-03-04"),
        (ROLLING, "2021-02-28", "2020-02-29"),
    ],
)
def test_window_start(policy: TierPolicy, on: str, start: str) -> None:
    assert window_start(policy, day(on)) == day(start)


def test_t3_over_the_years() -> None:
    history = {"d2018_03_01": 100, "d2018_11_15": 100, "d2019_06_01": 250}
    assert standing(YEARLY, "2018-11-14", **history) == Standing("")
    assert standing(YEARLY, "2018-11-15", **history) == Standing("gold", day("2019-12-31"))
    assert standing(YEARLY, "2019-05-31", **history) == Standing("gold", day("2019-12-31"))
    assert standing(YEARLY, "2019-06-01", **history) == Standing("gold", day("2020-12-31"))
    assert standing(YEARLY, "2020-12-31", **history) == Standing("gold", day("2020-12-31"))
    assert standing(YEARLY, "2021-01-01", **history) == Standing("")


def test_t3_the_higher_tier_of_last_year_then_the_lower_of_this() -> None:
    history = {"d2018_11_15": 500, "d2019_06_01": 250}
    assert standing(YEARLY, "2019-07-01", **history) == Standing("elite", day("2019-12-31"))
    assert standing(YEARLY, "2020-01-01", **history) == Standing("gold", day("2020-12-31"))


def test_t4_over_the_months() -> None:
    history = {"d2019_01_01": 150, "d2019_03_03": 50}
    assert standing(ROLLING, "2019-03-02", **history) == Standing("")
    assert standing(ROLLING, "2019-03-03", **history) == Standing("gold", day("2020-03-03"))
    assert standing(ROLLING, "2020-03-03", **history) == Standing("gold", day("2020-03-03"))
    assert standing(ROLLING, "2020-03-04", **history) == Standing("")


def test_t4_looked_at_again_when_its_time_is_over() -> None:
    history = {"d2019_03_03": 200, "d2019_09_01": 200}
    assert standing(ROLLING, "2019-12-01", **history) == Standing("gold", day("2020-03-03"))
    assert standing(ROLLING, "2020-03-04", **history) == Standing("gold", day("2021-03-04"))
    assert standing(ROLLING, "2021-03-05", **history) == Standing("")


def test_t4_a_higher_tier_counts_at_once() -> None:
    history = {"d2019_03_03": 200, "d2019_09_01": 300}
    assert standing(ROLLING, "2019-09-01", **history) == Standing("elite", day("2020-09-01"))
    assert standing(ROLLING, "2020-09-02", **history) == Standing("")


@pytest.mark.parametrize("policy", [YEARLY, ROLLING, TierPolicy(LADDER)])
def test_a_tier_that_rested_on_a_refunded_purchase_is_gone(policy: TierPolicy) -> None:
    kept = standing_on(policy, [(day("2019-03-03"), 200)], day("2019-05-01"))
    assert kept.code == "gold"
    refunded = standing_on(policy, [(day("2019-03-03"), 200), (day("2019-03-03"), -150)], day("2019-05-01"))
    assert refunded == Standing("")


def test_for_ever_stays() -> None:
    assert standing(TierPolicy(LADDER), "2050-01-01", d2019_03_03=200) == Standing("gold")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, (TierStep("gold", 200), 200)),
        (199, (TierStep("gold", 200), 1)),
        (200, (TierStep("elite", 500), 300)),
        (500, None),
    ],
)
def test_next_step(value: int, expected: tuple[TierStep, int] | None) -> None:
    assert next_step(LADDER, value) == expected
