"""One unit of one account in the model: lots, what is owed, and what happened."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.oracle.terms import UnitTerms, day_in, good_through


class Refused(Exception):
    """What the product must refuse, by the name of its error."""


@dataclass(eq=False)
class Lot:
    """What something gave: its size, what is left of it, what of it ran out, and its first and last good day.

    heirs are the lots that took over its content or gave again what had run out; again says that this is one of those.
    """

    number: int
    amount: int
    left: int
    first: date | None
    last: date | None
    purse: "Purse"
    expired: int = 0
    again: bool = False
    heirs: list["Lot"] = field(default_factory=list)


def descent(*lots: Lot) -> list[Lot]:
    """Return lots and all that took over their content."""
    found = list(lots)
    for lot in found:
        found += [heir for heir in lot.heirs if heir not in found]
    return found


@dataclass(frozen=True, eq=False)
class Move:
    """One change, as a statement tells it."""

    kind: str
    amount: int
    owed: int
    forgiven: int
    day: date


@dataclass(eq=False)
class Expiry:
    """What a lot lost by running out, after which day, and whether it was given again."""

    lot: Lot
    amount: int
    last: date
    again: bool = False


@dataclass(eq=False)
class Spending:
    """What was taken from which lots, in the order of taking, less what went back."""

    purse: "Purse"
    amount: int
    takes: list[list]
    back: int = 0


@dataclass(eq=False)
class Earning:
    """What a purchase gave of the unit, and what was reversed of it: taken back, owed or forgiven.

    by_line: what each line that counted cost and earned, where lines earned differently.
    """

    amount: int
    lot: Lot
    by_line: dict[int, tuple[int, int]] = field(default_factory=dict)
    reversed: int = 0


@dataclass(eq=False)
class Purse:
    """All that an account has of a unit. Days are those of the shop's zone."""

    terms: UnitTerms
    zone: str
    forgives: bool
    lots: list[Lot] = field(default_factory=list)
    owed: int = 0
    active: datetime | None = None
    moves: list[Move] = field(default_factory=list)
    awarded: int = 0
    spent: int = 0
    expiries: list["Expiry"] = field(default_factory=list)

    @property
    def amount(self) -> int:
        return sum(lot.left for lot in self.lots)

    def day(self, moment: datetime) -> date:
        return day_in(self.zone, moment)

    def quiet_after(self) -> date | None:
        """Return the last good day of everything, where that depends on the last activity."""
        if not self.terms.by_inactivity or self.active is None:
            return None
        return good_through(self.terms, self.day(self.active))

    def ran_out(self, lot: Lot, day: date) -> bool:
        """Whether a lot is gone by its own day, or, if it has none, by inactivity."""
        last = lot.last or self.quiet_after()
        return last is not None and last < day

    def good(self, day: date, *, held: bool = False) -> list[Lot]:
        """Return the lots that can be spent on a day, in the order of spending; held: those of a later day, too."""
        open_now = [
            lot for lot in self.lots
            if lot.left and not self.ran_out(lot, day) and (held or lot.first is None or lot.first <= day)
        ]  # fmt: skip
        dated = sorted((lot for lot in open_now if lot.last), key=lambda lot: (lot.last, lot.number))
        return dated + [lot for lot in open_now if not lot.last]

    def span(self, earned: datetime) -> tuple[date | None, date | None]:
        """Return the first and the last good day of what is earned at a moment."""
        day = self.day(earned)
        first = day + timedelta(self.terms.hold) if self.terms.hold else None
        return first, None if self.terms.by_inactivity else good_through(self.terms, day)

    def spendable(self, day: date) -> int:
        return sum(lot.left for lot in self.good(day))

    def pending(self, day: date) -> int:
        """Return what can be spent from a later day on."""
        return sum(lot.left for lot in self.lots if lot.first and lot.first > day and not self.ran_out(lot, day))

    def note(self, kind: str, amount: int, day: date, *, owed: int = 0, forgiven: int = 0) -> Move:
        self.owed += owed
        self.moves.append(Move(kind, amount, owed, forgiven, day))
        return self.moves[-1]

    def take(self, lots: list[Lot], amount: int) -> list[list]:
        """Take from lots in their order as far as they go; return what was taken from which."""
        takes = []
        for lot in lots:
            part = min(lot.left, amount)
            if part:
                lot.left -= part
                amount -= part
                takes.append([lot, part])
        return takes

    def fill(
        self, amount: int, day: date, *, kind: str, first: date | None = None, last: date | None = None
    ) -> Lot:  # fmt: skip
        """Open a lot, and let it pay what is owed."""
        lot = self.open(amount, day, kind, first, last)
        self.settle([lot], day)
        return lot

    def open(self, amount: int, day: date, kind: str, first: date | None, last: date | None) -> Lot:
        lot = Lot(len(self.lots), amount, amount, first, last, self)
        self.lots.append(lot)
        self.note(kind, amount, day)
        return lot

    def settle(self, lots: list[Lot], day: date) -> None:
        paid = sum(part for _, part in self.take(lots, self.owed))
        if paid:
            self.note("settle", -paid, day, owed=-paid)

    def spend(self, amount: int, moment: datetime, *, kind: str = "spend") -> Spending:
        day = self.day(moment)
        if self.spendable(day) < amount:
            raise Refused("NotEnough")
        if kind == "spend":
            self.stir(moment)
        takes = self.take(self.good(day), amount)
        self.note(kind, -amount, day)
        if kind == "spend":
            self.spent += amount
        return Spending(self, amount, takes)

    def give_back(self, spending: Spending, amount: int, day: date) -> None:
        """Give back to the very lots, what was taken last first; what ran out goes at once, the rest pays debts."""
        amount = min(amount, spending.amount - spending.back)
        if amount <= 0:
            return
        spending.back += amount
        self.spent -= amount
        self.note("give_back", amount, day)
        filled, rest = [], amount
        for take in reversed(spending.takes):
            lot, part = take[0], min(take[1], rest)
            if part:
                take[1] -= part
                rest -= part
                lot.left += part
                filled.append((lot, part))
        for lot, part in filled:
            if self.ran_out(lot, day):
                lot.left -= part
                lot.expired += part
                self.note("expire", -part, day)
        self.settle([lot for lot, _ in filled if not self.ran_out(lot, day)], day)

    def take_back(self, earning: Earning, amount: int, day: date, *, onward: int = 0) -> None:
        """Take back: own lots first, then in the order of spending, held or not; the rest is owed or forgiven.

        What ran out unused is not taken again, whether or not the job has been there. onward: what the account that
        this one was merged into could give, and therefore owes.
        """
        kin = descent(earning.lot)
        amount -= sum(lot.expired + (lot.left if lot.purse.ran_out(lot, day) else 0) for lot in kin)
        amount += sum(lot.amount for lot in kin if lot.again)
        if amount <= 0:
            return
        lasting = [lot for lot in self.lots if lot.left and not self.ran_out(lot, day)]
        lots = [lot for lot in lasting if lot in kin]
        lots += [lot for lot in self.good(day, held=True) if lot not in kin]
        covered = sum(part for _, part in self.take(lots, amount))
        missing = amount - covered
        owed = min(missing, onward) if self.forgives else missing
        earning.reversed += amount
        self.note("take_back", -covered, day, owed=owed, forgiven=missing - owed)

    def forgive(self, amount: int | None, day: date) -> None:
        asked = self.owed if amount is None else amount
        if not 0 < asked <= self.owed:
            raise Refused("NotOwed")
        self.note("forgive", 0, day, owed=-asked)

    def expire(self, today: date) -> int:
        """Book what ran out before today, each lot dated to the day after its last; return how many lots."""
        dated = [(lot, lot.last) for lot in self.lots if lot.left and lot.last and lot.last < today]
        return self.book_expired(dated) + self.lapse(today)

    def lapse(self, today: date) -> int:
        """Book what ran out by inactivity before today."""
        quiet = self.quiet_after()
        return self.book_expired(
            [(lot, quiet) for lot in self.lots if lot.left and not lot.last and quiet and quiet < today]
        )

    def book_expired(self, gone: list[tuple[Lot, date]]) -> int:
        for lot, last in gone:
            self.note("expire", -lot.left, last + timedelta(1))
            self.expiries.append(Expiry(lot, lot.left, last))
            lot.expired += lot.left
            lot.left = 0
        return len(gone)

    def reinstate(self, expiry: "Expiry", last: date, moment: datetime) -> None:
        """Give again what ran out, as another lot of the same award."""
        if expiry.again:
            raise Refused("AlreadyReinstated")
        expiry.again = True
        self.stir(moment)
        lot = self.open(expiry.amount, self.day(moment), "reinstate", None, last)
        lot.again = True
        expiry.lot.heirs.append(lot)
        self.settle([lot], self.day(moment))

    def stir(self, moment: datetime) -> None:
        """Something is done: what expires by inactivity counts from here, but for what has run out before."""
        self.lapse(self.day(moment))
        self.active = max(self.active or moment, moment)
