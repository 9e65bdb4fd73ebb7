"""What an award consists of and why: kept in the ledger, opened by whoever asks, read again by a refund."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from loyalty.engine.amounts import Rounding
from loyalty.engine.rules import Method, Trigger


@dataclass(frozen=True, slots=True)
class LineShare:
    """What one line of the bill earned. `line` is its index, None for the rest that no line names.

    `billed` is what it cost (minor units with tax), `amount` its share of the part in smallest parts of the unit.
    """

    line: int | None
    billed: int
    amount: int


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A bonus that counted, and for which lines (empty: for all of the part)."""

    id: int | None
    name: str
    factor: Fraction
    lines: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one rule, or the addition of one bonus, gave.

    `base` is what was paid for the goods that count (minor units); `steps` how many steps, items or times were counted;
    `factor` what multiplied the rule's own award, on the average of the lines; `before_rounding` the exact award that
    was then rounded to whole parts and, where `limited`, cut to `limit`. `even` says that the award follows the money:
    every line earned at the same rate. Otherwise `lines` has each line's share, and these sum to `amount`.
    """

    rule_id: int | None
    rule: str
    method: Method
    trigger: Trigger
    award: int
    base: int
    before_rounding: Fraction
    rounding: Rounding
    amount: int
    per_amount: int = 0
    steps: Fraction = Fraction(1)
    factor: Fraction = Fraction(1)
    minimum: int = 0
    limited: bool = False
    limit: str = ""
    multipliers: tuple[Multiplier, ...] = ()
    bonus_id: int | None = None
    even: bool = True
    lines: tuple[LineShare, ...] = ()

    def explain(self) -> dict[str, Any]:
        """The part as JSON: whole numbers, and exact ones as text that `Fraction` reads back."""
        return {
            "rule": {"id": self.rule_id, "name": self.rule, "method": self.method.value, "trigger": self.trigger.value},
            "bonus": self.bonus_id,
            "award": self.award,
            "per_amount": self.per_amount,
            "minimum": self.minimum,
            "base": self.base,
            "steps": exact(self.steps),
            "factor": exact(self.factor),
            "multipliers": [
                {"id": each.id, "name": each.name, "factor": exact(each.factor), "lines": list(each.lines)}
                for each in self.multipliers
            ],
            "before_rounding": exact(self.before_rounding),
            "rounding": self.rounding.value,
            "limit": self.limit,
            "amount": self.amount,
            "lines": [] if self.even else [[share.line, share.billed, share.amount] for share in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Award:
    """What a purchase earns of one unit, in its smallest parts; the parts sum to it."""

    unit: str
    amount: int
    parts: tuple[Part, ...]

    def explain(self) -> dict[str, Any]:
        """The why of the award, ready for JSON and for `refunds.parts_from`."""
        return {"unit": self.unit, "amount": self.amount, "parts": [part.explain() for part in self.parts]}

    @property
    def line_shares(self) -> tuple[LineShare, ...]:
        """What each line of the bill earned, over all parts; sums to `amount`."""
        shares: dict[int | None, LineShare] = {}
        for share in (share for part in self.parts for share in part.lines):
            so_far = shares[share.line].amount if share.line in shares else 0
            shares[share.line] = LineShare(share.line, share.billed, so_far + share.amount)
        return tuple(shares.values())


def exact(value: Fraction) -> str:
    """The number as text without loss: "28.5" where decimals can say it, else "29985/7"."""
    denominator, places = value.denominator, 0
    while denominator % 10 == 0:
        denominator, places = denominator // 10, places + 1
    while denominator % 2 == 0:
        denominator, places = denominator // 2, places + 1
    while denominator % 5 == 0:
        denominator, places = denominator // 5, places + 1
    if denominator != 1 or not places:
        return str(value)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:].rstrip('0')}"
