"""Of several debts, which are still open: whoever pays, pays the oldest first."""

from collections.abc import Iterable


def still_owed(changes: Iterable[tuple[bool, int]]) -> int:
    """Return how much of the marked debts is still owed, in smallest parts.

    `changes` are all changes of what is owed, the oldest first: whether it is marked, and by how much; a negative one
    pays the oldest debts, marked or not.
    """
    debts: list[tuple[bool, int]] = []
    for marked, change in changes:
        if change > 0:
            debts.append((marked, change))
        else:
            debts = _paid(debts, -change)
    return sum(amount for marked, amount in debts if marked)


def _paid(debts: Iterable[tuple[bool, int]], payment: int) -> list[tuple[bool, int]]:
    left = []
    for marked, amount in debts:
        part = min(amount, payment)
        payment -= part
        if amount > part:
            left.append((marked, amount - part))
    return left
