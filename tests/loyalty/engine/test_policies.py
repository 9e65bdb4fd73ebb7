"""A policy counts from the day on which it holds: by tables, and by whatever histories chance brings."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.lots import ExpiryKind, ExpiryPolicy, last_good_day
from loyalty.engine.policies import (
    QuietEnd,
    Step,
    active_since,
    announced,
    award_good_through,
    first_day,
    folded,
    may_go_quiet,
    policy_on,
    quiet_end,
    shortens,
)

NEVER = ExpiryPolicy()
YEAR = ExpiryPolicy(ExpiryKind.MONTHS, 12)
QUIET_6 = ExpiryPolicy(ExpiryKind.INACTIVITY_MONTHS, 6)
QUIET_3 = ExpiryPolicy(ExpiryKind.INACTIVITY_MONTHS, 3)
QUIET_12 = ExpiryPolicy(ExpiryKind.INACTIVITY_MONTHS, 12)
JUNE = date(2026, 6, 1)

days = st.dates(date(2024, 1, 1), date(2028, 1, 1))
quiet_policies = st.builds(
    ExpiryPolicy, st.sampled_from([ExpiryKind.INACTIVITY_DAYS, ExpiryKind.INACTIVITY_MONTHS]), st.integers(1, 14)
)
dated_policies = st.builds(ExpiryPolicy, st.just(ExpiryKind.DAYS), st.integers(1, 400))
any_policies = st.one_of(quiet_policies, st.just(NEVER), dated_policies)


@st.composite
def steps_by_chance(draw: st.DrawFn) -> tuple[Step, ...]:
    """Return what some announcements, each for a later day than the one before, come to."""
    later = sorted(draw(st.lists(st.tuples(days, any_policies), max_size=4)), key=lambda pair: pair[0])
    said = [Step(policy, day, number) for number, (day, policy) in enumerate(later, 2)]
    return folded([Step(draw(any_policies), None, 1), *said])


histories = steps_by_chance()


@pytest.mark.parametrize(
    ("before", "after", "active_on", "end"),
    [
        pytest.param(NEVER, QUIET_6, date(2020, 1, 1), QuietEnd(date(2026, 11, 30), 2), id="quiet for years"),
        pytest.param(NEVER, QUIET_6, date(2026, 5, 31), QuietEnd(date(2026, 11, 30), 2), id="there the day before"),
        pytest.param(NEVER, QUIET_6, JUNE, QuietEnd(date(2026, 11, 30)), id="there on the day: no change took it"),
        pytest.param(NEVER, QUIET_6, date(2026, 7, 1), QuietEnd(date(2026, 12, 31)), id="there later"),
        pytest.param(YEAR, QUIET_6, date(2026, 1, 1), QuietEnd(date(2026, 11, 30), 2), id="from a day of its own"),
        pytest.param(QUIET_12, QUIET_3, date(2026, 5, 1), QuietEnd(date(2026, 8, 31), 2), id="shorter"),
        pytest.param(QUIET_12, QUIET_3, date(2025, 7, 1), QuietEnd(date(2026, 6, 30)), id="as was promised before"),
        pytest.param(QUIET_12, QUIET_3, date(2025, 5, 1), QuietEnd(date(2026, 4, 30)), id="ended before"),
        pytest.param(QUIET_3, QUIET_12, date(2026, 5, 1), QuietEnd(date(2027, 4, 30)), id="longer"),
        pytest.param(QUIET_3, QUIET_12, date(2026, 2, 1), QuietEnd(date(2026, 4, 30)), id="longer, but ended before"),
        pytest.param(QUIET_3, NEVER, date(2026, 5, 1), QuietEnd(None), id="never any more"),
        pytest.param(QUIET_3, NEVER, date(2026, 2, 1), QuietEnd(date(2026, 4, 30)), id="never, but ended before"),
        pytest.param(QUIET_3, YEAR, date(2026, 5, 1), QuietEnd(None), id="what has no day of its own gets none"),
    ],
)
def test_when_inactivity_ends_what_a_change_found(before, after, active_on, end):
    assert quiet_end([Step(before, None, 1), Step(after, JUNE, 2)], active_on) == end


def test_a_policy_from_always_is_what_it_was_without_days():
    assert quiet_end([Step(QUIET_6)], date(2026, 1, 31)).last_good_day == last_good_day(QUIET_6, date(2026, 1, 31))


def test_a_change_that_was_made_milder_is_still_what_took_it():
    steps = [Step(NEVER, None, 1), Step(QUIET_3, JUNE, 2), Step(QUIET_6, date(2026, 7, 1), 3)]
    assert quiet_end(steps, date(2020, 1, 1)) == QuietEnd(date(2026, 8, 31), 2)


@given(histories, days, any_policies, days)
def test_a_change_takes_nothing_before_its_own_time_is_over(steps, day, policy, active_on):
    later = announced(steps, Step(policy, day, 9))
    end = quiet_end(later, active_on)
    if end.change == 9:
        assert end.last_good_day >= last_good_day(policy, day)


@given(histories, days, any_policies, days)
def test_what_a_change_takes_would_have_lasted_longer_without_it(steps, day, policy, active_on):
    kept = tuple(step for step in steps if step.from_day is None or step.from_day < day)
    end, before = quiet_end([*kept, Step(policy, day, 9)], active_on), quiet_end(kept, active_on)
    if end.change == 9:
        assert before.last_good_day is None or end.last_good_day < before.last_good_day


@given(histories, days, any_policies, days)
def test_a_change_of_a_later_day_changes_nothing_that_has_ended(steps, day, policy, active_on):
    kept = tuple(step for step in steps if step.from_day is None or step.from_day < day)
    before = quiet_end(kept, active_on).last_good_day
    if before and before < day:
        assert quiet_end([*kept, Step(policy, day, 9)], active_on).last_good_day == before


@given(histories, days, days)
def test_the_same_policy_once_more_changes_nothing(steps, day, active_on):
    through = tuple(step for step in steps if step.from_day is None or step.from_day <= day)
    again = announced(steps, Step(policy_on(steps, day), day, 9))
    assert quiet_end(again, active_on).last_good_day == quiet_end(through, active_on).last_good_day


@given(histories, days, st.integers(0, 400))
def test_who_comes_later_keeps_at_least_as_long(steps, active_on, days_later):
    sooner = quiet_end(steps, active_on).last_good_day
    later = quiet_end(steps, active_on + timedelta(days=days_later)).last_good_day
    assert later is None or (sooner is not None and later >= sooner)


@given(histories, days)
def test_since_when_somebody_must_have_been_active_is_the_first_such_day(steps, today):
    since = active_since(steps, today)
    if since is None:
        assert not is_over(steps, date(1970, 1, 1), today)
    else:
        day_before = since - timedelta(days=1)
        assert (is_over(steps, day_before, today), is_over(steps, since, today)) == (True, False)


def is_over(steps, active_on: date, today: date) -> bool:
    last = quiet_end(steps, active_on).last_good_day
    return last is not None and last < today


def test_an_award_gets_the_day_of_the_policy_that_holds_when_it_is_earned():
    steps = [Step(YEAR), Step(ExpiryPolicy(ExpiryKind.DAYS, 30), JUNE, 2), Step(QUIET_6, date(2026, 9, 1), 3)]
    found = [award_good_through(steps, day) for day in (date(2026, 5, 31), JUNE, date(2026, 9, 1))]
    assert found == [date(2027, 5, 31), date(2026, 7, 1), None]


def test_a_later_announcement_takes_the_place_of_those_from_its_day_on():
    said = [Step(NEVER, None, 1), Step(QUIET_6, JUNE, 2), Step(QUIET_3, date(2026, 9, 1), 3), Step(YEAR, JUNE, 4)]
    assert [step.id for step in folded(said)] == [1, 4]


def test_inactivity_that_is_to_come_is_known():
    assert [may_go_quiet([Step(NEVER)]), may_go_quiet([Step(NEVER), Step(QUIET_3, JUNE)])] == [False, True]


@pytest.mark.parametrize(
    ("before", "after", "is_shorter"),
    [
        (NEVER, NEVER, False), (NEVER, YEAR, True), (NEVER, QUIET_6, True), (YEAR, NEVER, False),
        (YEAR, ExpiryPolicy(ExpiryKind.MONTHS, 11), True), (YEAR, ExpiryPolicy(ExpiryKind.MONTHS, 13), False),
        (YEAR, ExpiryPolicy(ExpiryKind.MONTHS_END_OF_MONTH, 12), False), (YEAR, QUIET_12, True), (QUIET_3, YEAR, True),
        (QUIET_12, QUIET_3, True), (QUIET_3, QUIET_12, False), (ExpiryPolicy(ExpiryKind.END_OF_YEAR, 1), YEAR, True),
        (YEAR, ExpiryPolicy(ExpiryKind.END_OF_YEAR, 1), False), (YEAR, ExpiryPolicy(ExpiryKind.END_OF_YEAR), True),
    ],
)  # fmt: skip
def test_what_is_shorter_than_before(before, after, is_shorter):
    assert shortens(before, after) is is_shorter


@pytest.mark.parametrize(
    ("policy", "first"),
    [
        (QUIET_6, date(2026, 6, 2)),
        (YEAR, date(2026, 6, 2)),
        (ExpiryPolicy(ExpiryKind.INACTIVITY_DAYS, 5), date(2026, 6, 11)),
    ],
)
def test_a_change_holds_no_earlier_than_all_can_be_told(policy, first):
    assert first_day(policy, JUNE, 14) == first
