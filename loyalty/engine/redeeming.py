"""What a reward costs and what it is worth on a bill. Worked examples: `tests/scenarios/test_redeeming.py`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from loyalty.engine.amounts import Rounding, round_fraction
from loyalty.engine.lots import ExpiryKind, ExpiryPolicy, last_good_day


@dataclass(frozen=True, slots=True)
class PointsAsMoney:
    """Terms of paying with points: so many `points` (smallest parts) are `worth` so much (minor units).

    With `whole_steps` only multiples of `points` are taken. `minimum` is the least number of points per payment,
    `max_share` the largest part of the bill that points may pay.
    """

    points: int
    worth: int
    whole_steps: bool = False
    minimum: int = 0
    max_share: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        if self.points <= 0 or self.worth <= 0 or not 0 < self.max_share <= 1:
            raise ValueError("points must be worth something")


@dataclass(frozen=True, slots=True)
class Payment:
    """What is taken and what for: `points` pay `worth`, `to_pay` is left of the bill."""

    points: int
    worth: int
    to_pay: int


class BelowMinimum(Exception):
    """Fewer points would be paid with than the program asks for at least."""

    def __init__(self, minimum: int, points: int) -> None:
        super().__init__(f"{points} points, the minimum is {minimum}")
        self.minimum = minimum
        self.points = points


@dataclass(frozen=True, slots=True)
class Conversion:
    """Points turned into rewards by themselves: how many rewards, what they cost, what is carried over."""

    rewards: int
    used: int
    left: int


def pieces_cost(pieces: int, *, per: int, cost: int) -> int:
    """The cost of some pieces of a reward that is sold by `per` pieces for `cost`: every bundle begun counts whole."""
    if pieces < 0 or per <= 0 or cost < 0:
        raise ValueError("pieces are counted, not owed")
    return -(-pieces // per) * cost


def pay_with_points(terms: PointsAsMoney, *, asked: int, bill: int) -> Payment:
    """Pay as much of the bill (minor units) as the points asked for, the terms and the bill allow.

    Never takes a point that pays for nothing, never pays more than the bill. Raises BelowMinimum, and ValueError for
    a negative number.
    """
    if asked < 0 or bill < 0:
        raise ValueError("neither points nor bills are negative")
    payable = round_fraction(bill * terms.max_share, Rounding.DOWN)
    if terms.whole_steps:
        steps = min(asked // terms.points, payable // terms.worth)
        points, worth = steps * terms.points, steps * terms.worth
    else:
        worth = min(asked * terms.worth // terms.points, payable)
        points = -(-worth * terms.points // terms.worth)
    if points < terms.minimum:
        raise BelowMinimum(terms.minimum, points)
    return Payment(points, worth, bill - worth)


def amount_off(off: int, *, remaining: int) -> int:
    """What a fixed discount takes off what remains of a bill: never more than that."""
    return max(min(off, remaining), 0)


def percent_off(bill: int, *, percent: Fraction | Decimal | int, cap: int | None = None, already_off: int = 0) -> int:
    """What a percentage takes off: bill x percent / 100 (half up), at most the cap and what remains of the bill."""
    off = round_fraction(bill * Fraction(percent) / 100, Rounding.HALF_UP)
    return amount_off(off if cap is None else min(off, cap), remaining=bill - already_off)


def convert(balance: int, *, cost: int, at_most: int | None = None) -> Conversion:
    """Turn every whole `cost` in the balance into a reward, at most so many; the rest is carried over."""
    if cost <= 0:
        raise ValueError("a reward must cost something")
    rewards = max(balance, 0) // cost
    if at_most is not None:
        rewards = min(rewards, max(at_most, 0))
    return Conversion(rewards, rewards * cost, balance - rewards * cost)


def voucher_last_day(issued_on: date, valid_days: int | None) -> date | None:
    """The last day a voucher can be used: so many days after the day of issue; None where it is good for ever."""
    if valid_days is None:
        return None
    return last_good_day(ExpiryPolicy(ExpiryKind.DAYS, valid_days), issued_on)
