"""A unit's expiry policy over time: each counts from the day on which it holds, never from before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.engine import lots
from loyalty.engine.lots import ExpiryPolicy, last_good_day

EARLIEST = date(1970, 1, 1)
FURTHEST = 366
"""Days ahead among which the first day of a change is looked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """A policy and the day, in the business's zone, from which it holds (None: from always).

    id is that of the row that says so; None where no change was ever booked.
    """

    policy: ExpiryPolicy
    from_day: date | None = None
    id: int | None = None


type Steps = Sequence[Step]
"""What held, holds and is announced, by day; the first holds from always, so there is always one."""


@dataclass(frozen=True, slots=True)
class QuietEnd:
    """The last good day of what inactivity ends (None: nothing does), and the change that made it earlier, if any."""

    last_good_day: date | None
    change: int | None = None


def may_go_quiet(steps: Steps) -> bool:
    """Whether inactivity lets, let or will let the unit expire."""
    return any(step.policy.by_inactivity for step in steps)


def policy_on(steps: Steps, day: date) -> ExpiryPolicy:
    """Return the policy that holds on a day."""
    return [step for step in steps if step.from_day is None or step.from_day <= day][-1].policy


def award_good_through(steps: Steps, earned_on: date) -> date | None:
    """Return the last good day that an award gets by the policy of its day, and keeps whatever comes later.

    None where it never expires, or where only inactivity lets it expire and the day therefore moves.
    """
    policy = policy_on(steps, earned_on)
    return None if policy.by_inactivity else last_good_day(policy, earned_on)


def quiet_end(steps: Steps, active_on: date) -> QuietEnd:
    """Return when that ends which has no day of its own, of somebody who was active last on a day.

    What a policy ended before the next one held stays ended. Else the next one ends it no earlier than its own time
    after the last activity, and no earlier than the one before would have, unless its time since the day from which it
    holds is over: so a balance quiet for years loses nothing until that has passed.
    """
    end = QuietEnd(_quiet_day(steps[0].policy, active_on))
    for step in steps[1:]:
        end = _under(end, step, active_on)
    return end


def _under(end: QuietEnd, step: Step, active_on: date) -> QuietEnd:
    since = step.from_day or date.min
    if end.last_good_day and end.last_good_day < since:
        return end
    by_activity = _quiet_day(step.policy, active_on)
    since_it_holds = _quiet_day(step.policy, since)
    if by_activity is None or since_it_holds is None:
        return QuietEnd(None)
    kept = end.last_good_day or date.max
    last = max(by_activity, min(kept, since_it_holds))
    if last < kept:
        return QuietEnd(last, step.id if since > active_on else None)
    return QuietEnd(last, end.change)


def _quiet_day(policy: ExpiryPolicy, since: date) -> date | None:
    return last_good_day(policy, since) if policy.by_inactivity else None


def active_since(steps: Steps, today: date) -> date | None:
    """Return the first day of a last activity by which what has no day of its own is still good; None: any is.

    Whoever was active later keeps at least as long, so that the day is found by halving.
    """
    if len(steps) == 1:
        return lots.active_since(steps[0].policy, today)
    if not _is_over(steps, EARLIEST, today):
        return None
    over, good = EARLIEST.toordinal(), today.toordinal()
    while good - over > 1:
        middle = (over + good) // 2
        over, good = (middle, good) if _is_over(steps, date.fromordinal(middle), today) else (over, middle)
    return date.fromordinal(good)


def _is_over(steps: Steps, active_on: date, today: date) -> bool:
    last = quiet_end(steps, active_on).last_good_day
    return last is not None and last < today


def announced(steps: Steps, step: Step) -> tuple[Step, ...]:
    """Return the steps after one more is announced: it takes the place of those of its day and of later ones."""
    since = step.from_day or date.min
    kept = tuple(each for each in steps if each.from_day is None or each.from_day < since)
    return (*kept, step)


def folded(said: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps that announcements, in the order in which they were made, come to."""
    steps: tuple[Step, ...] = ()
    for step in said:
        steps = announced(steps, step) if steps else (step,)
    return steps


def shortens(before: ExpiryPolicy, after: ExpiryPolicy) -> bool:
    """Whether something could be good for a shorter time by the one than by the other; a change of kinds counts."""
    if not ends(after) or before == after:
        return False
    if before.by_inactivity != after.by_inactivity or not ends(before):
        return True
    return any(old > new for old, new in zip(_lives(before), _lives(after), strict=True))


def ends(policy: ExpiryPolicy) -> bool:
    """Whether anything expires by the policy."""
    return last_good_day(policy, date(2024, 1, 1)) is not None


def _lives(policy: ExpiryPolicy) -> tuple[int, ...]:
    """How many days something earned on each day of four years, a leap year among them, is good."""
    days = (date(2024, 1, 1) + timedelta(days=count) for count in range(1461))
    return tuple((last - day).days for day in days if (last := last_good_day(policy, day)))


def first_day(policy: ExpiryPolicy, today: date, warned: int) -> date:
    """Return the first day from which a policy may hold: tomorrow, or later so that all can be told in time.

    warned is how many days before their last good day members are told; nothing that inactivity ends may end sooner.
    """
    days = (today + timedelta(days=ahead) for ahead in range(1, FURTHEST))
    if not policy.by_inactivity:
        return next(days)
    return next(day for day in days if last_good_day(policy, day) >= today + timedelta(days=warned))  # type: ignore[operator]
