"""A purchase in the model: its lines, what it earns, and what a refund takes back of that."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from tests.oracle.cards import Account
from tests.oracle.purse import Earning, Spending
from tests.oracle.terms import UnitTerms, rounded, shared_out


@dataclass(frozen=True)
class Goods:
    """One line of a bill: what kind of goods, for how much in all, and how many."""

    kind: str
    amount: int
    count: int = 1

    def worth(self, came_back: int, before: int) -> int:
        """Return what so many are worth after others came back: parts sum to the whole."""
        return rounded(self.amount * (before + came_back), self.count, "half_up") - rounded(
            self.amount * before, self.count, "half_up"
        )


@dataclass(frozen=True)
class Refund:
    """Money given back, and how many of which line came back for it."""

    amount: int
    lines: tuple[tuple[int, int], ...]
    at: datetime


@dataclass(eq=False)
class Purchase:
    """A purchase or a visit, what it earned, and what was spent on its bill."""

    account: Account
    total: int
    goods: tuple[Goods, ...]
    visit: bool
    receipt: str
    at: datetime
    recorded: datetime
    earned: dict[str, Earning] = field(default_factory=dict)
    limited: dict[str, int] = field(default_factory=dict)
    on_bill: list[tuple[Account, Spending]] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    undo_key: str = ""

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds)

    def back(self, line: int) -> int:
        """Return how many of a line came back."""
        return sum(many for refund in self.refunds for which, many in refund.lines if which == line)

    def refunded_by_line(self) -> dict[int, int]:
        """Return how much was given back for which line: of each refund by what its lines are worth."""
        found: dict[int, int] = {}
        before: dict[int, int] = {}
        for refund in self.refunds:
            worth = [self.goods[line].worth(many, before.get(line, 0)) for line, many in refund.lines]
            parts = shared_out(refund.amount, worth) if worth else []
            for (line, many), part in zip(refund.lines, parts, strict=True):
                found[line] = min(found.get(line, 0) + part, self.goods[line].amount)
                before[line] = before.get(line, 0) + many
        return found


def in_proportion(amount: int, purchase: Purchase) -> int:
    """Return the part of an amount that all refunds so far stand for; of two remainders the larger, a tie goes."""
    if purchase.refunded >= purchase.total:
        return amount
    return rounded(amount * purchase.refunded, purchase.total, "half_up")


def by_lines(earning: Earning, purchase: Purchase) -> int:
    """Return what of an award is gone with what came back: of a line what it earned, of other money its share."""
    named = purchase.refunded_by_line() if earning.by_line else {}
    if not named:
        return in_proportion(earning.amount, purchase)
    gone = Fraction(earning.amount * max(purchase.refunded - sum(named.values()), 0), purchase.total)
    for line, (cost, earned) in earning.by_line.items():
        gone += Fraction(earned * named.get(line, 0), cost) if cost else 0
    return min(rounded(gone.numerator, gone.denominator, "half_up"), earning.amount)


def shares_of_lines(unit: UnitTerms, purchase: Purchase, amount: int) -> dict[int, tuple[int, int]]:
    """Return what each line cost and earned, or nothing where all that was paid for earned alike."""
    bill = laid_out(purchase)
    counted = [number for number, (kind, cost) in enumerate(bill) if cost and unit.counts(kind)]
    if len(bill) == 1 or len(counted) == sum(1 for _, cost in bill if cost):
        return {}
    shares = shared_out(amount, [bill[number][1] for number in counted])
    return {number: (bill[number][1], share) for number, share in zip(counted, shares, strict=True)}


def award(unit: UnitTerms, purchase: Purchase) -> int:
    """Return what a purchase earns of a unit, before limits."""
    bare = purchase.visit and not purchase.total and not purchase.goods
    if purchase.total < unit.minimum or (unit.earns == "money" and bare):
        return 0
    counted = [amount for kind, amount in laid_out(purchase) if unit.counts(kind)]
    paid = [amount for amount in counted if amount]
    if unit.earns == "visit":
        return unit.award if paid or (bare and not unit.goods) else 0
    steps = sum(paid) // unit.per * unit.per if unit.whole_steps else sum(paid)
    return rounded(steps * unit.award, unit.per, unit.rounding)


def laid_out(purchase: Purchase) -> list[tuple[str, int]]:
    """Return what was paid for which kind of goods: a discount on the bill is spread, a rest has no kind."""
    listed = sum(each.amount for each in purchase.goods)
    kinds = [each.kind for each in purchase.goods]
    if listed > purchase.total:
        return list(zip(kinds, shared_out(purchase.total, [each.amount for each in purchase.goods]), strict=True))
    return [*((each.kind, each.amount) for each in purchase.goods), ("", purchase.total - listed)]
