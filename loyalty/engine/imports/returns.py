"""Which purchase a return belongs to, when the file does not say.

The latest purchase of the same goods by the same customer before the return, as far as it is not returned yet; what
it does not cover, the one before it. Never more money than is left of that purchase. The rest has no purchase.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Purchased:
    """A line of an earlier purchase. left is how many thousandths of it are still with the customer."""

    line: int
    sale: int
    left: int


@dataclass(frozen=True, slots=True)
class Part:
    """So many thousandths of that line came back, for so much."""

    line: int
    sale: int
    quantity: int
    amount: int


def match(
    quantity: int, amount: int, bought: Iterable[Purchased], money_left: dict[int, int]
) -> tuple[list[Part], int]:
    """Return the parts of a returned line by the purchases it came from, and the amount for which there is none.

    bought is the latest purchase first; money_left is what may still be refunded of each sale. Both are drawn on, so
    that the next line finds what this one has left.
    """
    parts, open_quantity, open_amount = [], quantity, amount
    for purchased in bought:
        taken = min(purchased.left, open_quantity)
        if not taken:
            continue
        share = open_amount if taken == open_quantity else open_amount * taken // open_quantity
        share = min(share, money_left[purchased.sale])
        purchased.left -= taken
        money_left[purchased.sale] -= share
        parts.append(Part(purchased.line, purchased.sale, taken, share))
        open_quantity -= taken
        open_amount -= share
        if not open_quantity:
            break
    return parts, open_amount
