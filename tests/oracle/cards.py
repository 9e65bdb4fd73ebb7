"""Accounts in the model: opened, merged into one another, and parted again."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.oracle.purse import Lot, Move, Purse, Refused, descent
from tests.oracle.terms import ShopTerms, day_in


@dataclass(eq=False)
class Account:
    """A member's book: a purse for each unit. leads_to is the account that it was merged into."""

    number: int
    purses: dict[str, Purse]
    leads_to: "Account | None" = None


@dataclass(eq=False)
class Merge:
    """Two accounts made one: which lots and which debts came over by it."""

    source: Account
    target: Account
    at: datetime
    lots: list[Lot] = field(default_factory=list)
    debts: list[Move] = field(default_factory=list)
    parted: bool = False


class Cards:
    """The accounts of a business."""

    def __init__(self, terms: ShopTerms) -> None:
        self.terms = terms
        self.units = {unit.code: unit for unit in terms.units}
        self.accounts: list[Account] = []
        self.merges: list[Merge] = []
        self.known: dict[tuple[str, str], tuple] = {}

    def before(self, kind: str, key: str, *content: object) -> int | None:
        """Return the number of what was booked under the key; refuse the key for something else."""
        found = self.known.get((kind, key))
        if found and found[0] != content:
            raise Refused("KeyReused")
        return found[1] if found else None

    def keep(self, kind: str, key: str, number: int, *content: object) -> int:
        self.known[kind, key] = (content, number)
        return number

    def day(self, moment: datetime) -> date:
        return day_in(self.terms.zone, moment)

    def open_account(self, *, now: datetime) -> None:
        purses = {code: Purse(unit, self.terms.zone, self.terms.forgives) for code, unit in self.units.items()}
        self.accounts.append(Account(len(self.accounts), purses))

    def current(self, account: Account) -> Account:
        """Return where a card leads."""
        while account.leads_to:
            account = account.leads_to
        return account

    def behind(self, account: Account) -> list[Account]:
        """Return an account with all that lead to it."""
        return [each for each in self.accounts if account in self.trail(each)]

    def trail(self, account: Account) -> list[Account]:
        steps = [account]
        while steps[-1].leads_to:
            steps.append(steps[-1].leads_to)
        return steps

    def merge(self, *, account: int, into: int, key: str, now: datetime) -> int:
        known = self.before("merge", key, account, into)
        if known is not None:
            return known
        source, target = self.accounts[account], self.accounts[into]
        if source is target:
            raise Refused("SameAccount")
        if source.leads_to or target.leads_to:
            raise Refused("AlreadyMerged")
        source.leads_to = target
        made = Merge(source, target, now)
        self.merges.append(made)
        self.bring_over(made, now, ())
        return self.keep("merge", key, len(self.merges) - 1, account, into)

    def bring_over(self, merge: Merge, moment: datetime, first: Collection[Lot]) -> None:
        """Bring all that lies on the source to the target."""
        for code, purse in merge.source.purses.items():
            lots = [lot for lot in purse.lots if lot.left and not purse.ran_out(lot, purse.day(moment))]
            came, debt = self._carry(purse, merge.target.purses[code], lots, purse.owed, moment, first)
            merge.lots += came
            merge.debts += debt

    def bring_on(self, account: Account, moment: datetime, first: Collection[Lot] = ()) -> None:
        """Bring what a booking left on a merged account to where it leads, step by step."""
        while account.leads_to:
            merge = next(each for each in self.merges if each.source is account and not each.parted)
            self.bring_over(merge, max(moment, merge.at), first)
            account = merge.target

    def unmerge(self, *, merge: int, now: datetime) -> None:
        row = self.merges[merge]
        if row.parted:
            return
        if row.target.leads_to:
            raise Refused("MergedOn")
        row.source.leads_to, row.parted = None, True
        kin = descent(*row.lots)
        for code, purse in row.target.purses.items():
            day = purse.day(now)
            lots = [lot for lot in purse.lots if lot in kin and lot.left and not purse.ran_out(lot, day)]
            debt = still_open(purse.moves, row.debts)
            self._carry(purse, row.source.purses[code], lots, debt, now, ())

    def _carry(
        self, start: Purse, end: Purse, lots: list[Lot], debt: int, moment: datetime, first: Collection[Lot]
    ) -> tuple[list[Lot], list[Move]]:  # fmt: skip
        """Empty lots and let new ones of the same days take over; a debt goes along and is paid at once."""
        if not lots and not debt:
            return [], []
        start.stir(moment)
        end.stir(moment)
        day = start.day(moment)
        left = [(lot, lot.left) for lot in lots]
        start.note("move_out", -sum(amount for _, amount in left), day, owed=-debt)
        came = []
        for lot, amount in left:
            lot.left = 0
            lot.heirs.append(end.open(amount, day, "move_in", lot.first, lot.last))
            came.append(lot.heirs[-1])
        debts = [end.note("move_in", 0, day, owed=debt)] if debt else []
        if end.owed:
            lasting = end.good(day, held=True)
            kin = descent(*first)
            end.settle([lot for lot in lasting if lot in kin] + [lot for lot in lasting if lot not in kin], day)
        return came, debts


def still_open(moves: list[Move], mine: list[Move]) -> int:
    """Return how much of some debts is not paid yet, when every payment pays the oldest debt first."""
    open_debts: list[list] = []
    for move in moves:
        if move.owed > 0:
            open_debts.append([move in mine, move.owed])
        paid = -min(move.owed, 0)
        for debt in open_debts:
            part = min(debt[1], paid)
            debt[1] -= part
            paid -= part
    return sum(amount for is_mine, amount in open_debts if is_mine)
