"""Rounds of the product beside its anchor, and what their ratios say."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

VOID_BELOW = 0.6
"""A round counts for nothing when its anchor falls below this part of the best anchor: the machine was busy."""


@dataclass(frozen=True, slots=True)
class Round:
    """What was measured side by side, in the same dimension; notes are further figures to print."""

    product: float
    anchor: float
    notes: str = ""

    @property
    def ratio(self) -> float:
        return self.product / self.anchor


@dataclass(frozen=True, slots=True)
class Goal:
    """The ratio to reach: at least so much of the anchor, or at_most so much of it where less is better."""

    ratio: float
    at_most: bool = False

    def is_met(self, ratio: float) -> bool:
        return ratio <= self.ratio if self.at_most else ratio >= self.ratio

    def __str__(self) -> str:
        return f"{'at most' if self.at_most else 'at least'} {self.ratio:.2f}"


@dataclass(frozen=True, slots=True)
class Result:
    """The rounds of one piece of work that count, and how many did not."""

    work: str
    goal: Goal
    rounds: tuple[Round, ...]
    void: int

    @property
    def ratio(self) -> float:
        return median(each.ratio for each in self.rounds)

    def __str__(self) -> str:
        ratios = [each.ratio for each in self.rounds]
        best = max(self.rounds, key=lambda each: each.anchor)
        met = "met" if self.goal.is_met(self.ratio) else "MISSED"
        return (
            f"{self.work}: ratio min {min(ratios):.2f}, median {self.ratio:.2f}, max {max(ratios):.2f}; "
            f"goal {self.goal}: {met} ({len(self.rounds)} rounds, {self.void} void; "
            f"best anchor {best.anchor:,.4g}, product beside it {best.product:,.4g}{best.notes})"
        )


def play(work: str, goal: Goal, one_round: Callable[[], Round], *, rounds: int) -> Result:
    """Play so many rounds that count, at most three times as many in all, after one that only warms up."""
    one_round()
    played: list[Round] = []
    counting: list[Round] = []
    while len(counting) < rounds and len(played) < 3 * rounds:
        played.append(one_round())
        counting = valid(played, goal)
    return Result(work, goal, tuple(counting), len(played) - len(counting))


def valid(played: Sequence[Round], goal: Goal) -> list[Round]:
    """Return the rounds whose anchor was not disturbed; of anchors that are waits or times, the least is the best."""
    if goal.at_most:
        return [each for each in played if min(each.anchor for each in played) >= VOID_BELOW * each.anchor]
    return [each for each in played if each.anchor >= VOID_BELOW * max(each.anchor for each in played)]


def in_turns(product: Callable[[], object], anchor: Callable[[], object], *, count: int, slices: int = 10) -> Round:
    """Do each so many times, a slice of the one and a slice of the other; return both rates per second."""
    spent = {product: 0.0, anchor: 0.0}
    each_time = max(count // slices, 1)
    for number in range(slices):
        for act in (product, anchor) if number % 2 else (anchor, product):
            start = time.perf_counter()
            for _ in range(each_time):
                act()
            spent[act] += time.perf_counter() - start
    done = each_time * slices
    return Round(product=done / spent[product], anchor=done / spent[anchor])
