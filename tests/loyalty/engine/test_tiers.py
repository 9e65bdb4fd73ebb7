from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.tiers import TierPolicy, TierStep, TierWindow, higher, qualify, standing_on, window_start

LADDER = (TierStep("first", 10), TierStep("second", 30), TierStep("third", 100))
policies = st.builds(TierPolicy, st.just(LADDER), st.sampled_from(list(TierWindow)), st.integers(1, 18))
days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
histories = st.lists(st.tuples(days, st.integers(0, 60)), max_size=12)


@given(policies, histories, days, st.randoms())
def test_the_order_in_which_history_is_told_does_not_matter(
    policy: TierPolicy, history: list[tuple[date, int]], on: date, chance: object
) -> None:
    shuffled = list(history)
    chance.shuffle(shuffled)
    assert standing_on(policy, shuffled, on) == standing_on(policy, history, on)


@given(policies, histories, days)
def test_nobody_is_below_what_the_window_gives(policy: TierPolicy, history: list[tuple[date, int]], on: date) -> None:
    start = window_start(policy, on) or date.min
    earned = qualify(LADDER, sum(value for day, value in history if start <= day <= on))
    standing = standing_on(policy, history, on)
    assert higher(LADDER, standing.code, earned) == standing.code
    assert standing.kept_until is None or standing.kept_until >= on


@given(policies, histories, days, days)
def test_a_promise_is_kept(policy: TierPolicy, history: list[tuple[date, int]], on: date, later: date) -> None:
    standing = standing_on(policy, history, on)
    if on <= later and (standing.kept_until is None or later <= standing.kept_until):
        then = standing_on(policy, history, later).code
        assert higher(LADDER, then, standing.code) == then


@given(policies, histories, days)
def test_what_comes_later_does_not_count_yet(policy: TierPolicy, history: list[tuple[date, int]], on: date) -> None:
    past = [(day, value) for day, value in history if day <= on]
    future = [*past, (on + timedelta(days=1), 1000)]
    assert standing_on(policy, future, on) == standing_on(policy, past, on)
