"""What a refund takes back of the award of its own purchase.

Always reckoned from the original award and the sum of all refunds so far, never from today's rules: so the parts never
exceed the award, and after a full refund nothing is left. Worked examples R1 to R8 in `tests/scenarios`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from loyalty.engine.amounts import Rounding, round_fraction, split
from loyalty.engine.awards import LineShare
from loyalty.engine.rules import Method, Trigger


@dataclass(frozen=True, slots=True)
class EarnedPart:
    """A part of an award as its explanation in the ledger tells it.

    A `whole` part (one per visit) is kept as long as what remains of the purchase reaches `minimum`, then goes whole.
    Where `lines` is empty the part follows the money, otherwise it says what each line earned.
    """

    amount: int
    whole: bool = False
    minimum: int = 0
    lines: tuple[LineShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Refunded:
    """All that has been refunded of a purchase, the refund at hand included, minor units with tax.

    `by_line` says how much of `total` was for which line (by index; None for the rest that no line names); it is empty
    where a refund named no lines.
    """

    total: int
    by_line: Mapping[int | None, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of the bill: what it cost (minor units with tax), how many thousandths were sold, how many came back."""

    amount: int
    quantity: int
    returned: int = 0

    def worth(self, back: int) -> int:
        """What so many more thousandths of it give back: in proportion to all that came back, less what did before.

        So the parts sum to what the line cost, however often and in whatever parts it comes back.
        """
        return _share(self.amount, self.returned + back, self.quantity) - _share(
            self.amount, self.returned, self.quantity
        )


@dataclass(frozen=True, slots=True)
class PastRefund:
    """What was given back once (minor units), and how many thousandths of which line (by index) came back for it."""

    amount: int
    lines: Mapping[int, int] = field(default_factory=dict)


def refunded_of(sold: Sequence[SoldLine], refunds: Iterable[PastRefund]) -> Refunded:
    """All that refunds, the oldest first, gave back, and for which line.

    A refund of lines that came to another amount than they are worth is spread over them by largest remainder. What is
    more than a line cost is for no line.
    """
    total, lines = 0, list(sold)
    by_line: dict[int | None, int] = {}
    for refund in refunds:
        total += refund.amount
        worth = {index: lines[index].worth(back) for index, back in refund.lines.items()}
        for index, part in zip(worth, split(refund.amount, list(worth.values())) if worth else (), strict=True):
            by_line[index] = min(by_line.get(index, 0) + part, lines[index].amount)
            lines[index] = replace(lines[index], returned=lines[index].returned + refund.lines[index])
    return Refunded(total, by_line)


def take_back(awarded: int, taken_before: int, sale_total: int, refunded_before: int, refund: int) -> int:
    """How much of the award this refund takes back, in smallest parts.

    awarded x refunded so far / sale total, to the nearest whole part (that is largest remainder between what goes and
    what stays; a tie goes), less what was taken before; never less than nothing or more than is left. A purchase of
    nothing is taken back whole. `sale_total` and the refunds are minor units on the same basis.
    """
    target = _share(awarded, refunded_before + refund, sale_total)
    return max(target - taken_before, 0)


def take_back_visit(
    awarded: int, taken_before: int, sale_total: int, refunded_before: int, refund: int, *, minimum: int = 0
) -> int:
    """As `take_back` for an award per visit: nothing while what remains reaches the minimum, else all of it."""
    target = awarded if _visit_is_gone(sale_total, refunded_before + refund, minimum) else 0
    return max(target - taken_before, 0)


def take_back_parts(parts: Sequence[EarnedPart], *, taken_before: int, sale_total: int, refunded: Refunded) -> int:
    """How much of an award of several parts this refund takes back: each in its own way, less what was taken before."""
    target = sum(_target(part, sale_total, refunded) for part in parts)
    return max(target - taken_before, 0)


def parts_from(explanation: Mapping[str, Any]) -> tuple[EarnedPart, ...]:
    """The parts of an award read back from `Award.explain()`."""
    return tuple(_part_from(part) for part in explanation["parts"])


def _part_from(part: Mapping[str, Any]) -> EarnedPart:
    rule = part["rule"]
    return EarnedPart(
        amount=part["amount"],
        whole=rule["trigger"] == Trigger.VISIT and rule["method"] == Method.FLAT and part["bonus"] is None,
        minimum=part["minimum"],
        lines=tuple(LineShare(line, billed, amount) for line, billed, amount in part["lines"]),
    )


def _target(part: EarnedPart, sale_total: int, refunded: Refunded) -> int:
    """All of the part that should be gone by now."""
    if part.whole:
        return part.amount if _visit_is_gone(sale_total, refunded.total, part.minimum) else 0
    if refunded.total >= sale_total or not part.lines or not refunded.by_line:
        return _share(part.amount, refunded.total, sale_total)
    unnamed = refunded.total - sum(refunded.by_line.values())
    by_line = sum(_line_rate(share) * refunded.by_line.get(share.line, 0) for share in part.lines)
    by_money = Fraction(part.amount * max(unnamed, 0), sale_total)
    return min(round_fraction(Fraction(by_line) + by_money, Rounding.HALF_UP), part.amount)


def _line_rate(share: LineShare) -> Fraction:
    return Fraction(share.amount, share.billed) if share.billed else Fraction(0)


def _share(awarded: int, refunded: int, sale_total: int) -> int:
    if refunded >= sale_total:
        return awarded
    return round_fraction(Fraction(awarded * max(refunded, 0), sale_total), Rounding.HALF_UP)


def _visit_is_gone(sale_total: int, refunded: int, minimum: int) -> bool:
    left = sale_total - refunded
    return left <= 0 or left < minimum
