"""What was paid for which line: discounts on the whole bill, an unlisted rest and rewards laid out over the lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from loyalty.engine.amounts import split
from loyalty.engine.facts import LineFacts, SaleFacts

_REST = LineFacts(item="", category="", quantity=Decimal(0), amount=0, amount_before_tax=0)


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line as it weighs in the award, minor units.

    `line` is its index in the sale, None for the part of the total that no line names. `billed` is its part of the
    total with tax; `paid` and `paid_before_tax` are what is left of that when the part paid with a reward is taken off.
    """

    line: int | None
    facts: LineFacts
    billed: int
    paid: int
    paid_before_tax: int

    def base(self, *, before_tax: bool) -> int:
        """What was paid for the line on the basis that a rule asks for."""
        return self.paid_before_tax if before_tax else self.paid


def lay_out(sale: SaleFacts) -> tuple[BilledLine, ...]:
    """The lines of the sale and, last, the rest that no line names; `billed` sums to the total exactly.

    Where the lines exceed the total, what is missing was a discount on the whole bill: it is spread over them in
    proportion (largest remainder), as is the part paid with a reward. Negative lines are discounts.
    """
    if not sale.lines and sale.paid_with_reward <= 0:
        paid = max(sale.total, 0)
        return (BilledLine(None, _REST, paid, paid, max(sale.total_before_tax, 0)),)
    billed = _fill(sale.total, [line.amount for line in sale.lines])
    before_tax = _fill(sale.total_before_tax, [line.amount_before_tax for line in sale.lines])
    total, net = sum(billed), sum(before_tax)
    reward = min(max(sale.paid_with_reward, 0), total)
    off = split(reward, billed)
    off_net = split(round_half_up(reward * net, total) if total else 0, before_tax)
    return tuple(
        BilledLine(
            line=index if index < len(sale.lines) else None,
            facts=sale.lines[index] if index < len(sale.lines) else _REST,
            billed=billed[index],
            paid=billed[index] - off[index],
            paid_before_tax=before_tax[index] - off_net[index],
        )
        for index in range(len(billed))
    )


def round_half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a quotient that is not negative; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def _fill(total: int, amounts: Sequence[int]) -> list[int]:
    """The amounts brought to sum to the total: scaled down, or with what is missing as one more."""
    total = max(total, 0)
    positive = [max(amount, 0) for amount in amounts]
    known = sum(positive)
    return [*split(total, positive), 0] if known > total else [*positive, total - known]
