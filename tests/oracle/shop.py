"""One business in the model: its accounts, purchases, rewards and keys.

Accounts, purchases, prizes and redemptions are called by their numbers. when is the moment at which something happened,
now the one at which it is booked. What is refused raises Refused, and nothing has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.bill import Goods, Purchase, Refund, award, by_lines, in_proportion, shares_of_lines
from tests.oracle.cards import Account, Cards
from tests.oracle.purse import Earning, Purse, Refused, Spending
from tests.oracle.terms import ShopTerms, UnitTerms

REINSTATE_DAYS = 30


@dataclass(eq=False)
class Prize:
    """A reward of the catalogue."""

    unit: str
    cost: int
    stock: int | None = None
    per_member: int | None = None


@dataclass(eq=False)
class Redemption:
    """A prize taken, and what paid for it."""

    account: Account
    prize: Prize
    spending: Spending
    at: datetime
    undone: bool = False


CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(eq=False)
class Adjustment:
    """What somebody asked to add or remove by hand."""

    account: Account
    unit: str
    amount: int
    last: date | None
    state: str = "waiting"


class Shop(Cards):
    """A business: the verbs are those of the product."""

    def __init__(self, terms: ShopTerms, prizes: Sequence[Prize]) -> None:
        super().__init__(terms)
        self.prizes = list(prizes)
        self.purchases: list[Purchase] = []
        self.redemptions: list[Redemption] = []
        self.adjustments: list[Adjustment] = []
        self.used: dict[tuple, int] = {}

    def buy(
        self, *, account: int, key: str, total: int, goods: Sequence[Goods], visit: bool, receipt: str,
        when: datetime, now: datetime,
    ) -> int:  # fmt: skip
        content = (account, total, tuple(goods), visit, receipt)
        known = self.before("sale", key, *content)
        if known is not None:
            return known
        if receipt and any(old.receipt == receipt and not old.undo_key for old in self.purchases):
            raise Refused("ReceiptAlreadyBooked")
        made = Purchase(self.current(self.accounts[account]), total, tuple(goods), visit, receipt, when, now)
        self.purchases.append(made)
        for code, unit in self.units.items():
            self._earn(made, unit, made.account.purses[code])
        return self.keep("sale", key, len(self.purchases) - 1, *content)

    def _earn(self, made: Purchase, unit: UnitTerms, purse: Purse) -> None:
        amount = award(unit, made)
        day = self.day(made.at)
        if unit.daily_limit is not None:
            family = self.behind(made.account)
            had = sum(self.used.get((each, unit.code, day), 0) for each in family)
            amount = min(amount, max(unit.daily_limit - had, 0))
        if amount <= 0:
            return
        if unit.daily_limit is not None:
            made.limited[unit.code] = amount
            self._use(made.account, made, 1)
        first, last = purse.span(made.at)
        self._award(made, purse, amount, first, last)
        made.earned[unit.code].by_line = shares_of_lines(unit, made, amount)

    def _award(self, made: Purchase, purse: Purse, amount: int, first: date | None, last: date | None) -> None:
        purse.stir(made.at)
        purse.awarded += amount
        lot = purse.fill(amount, purse.day(made.at), kind="award", first=first, last=last)
        made.earned[purse.terms.code] = Earning(amount, lot)

    def _use(self, account: Account, purchase: Purchase, times: int) -> None:
        """Count what a purchase used of the limits of its day."""
        for code, amount in purchase.limited.items():
            place = (account, code, self.day(purchase.at))
            self.used[place] = self.used.get(place, 0) + times * amount

    def refund(
        self, *, sale: int, key: str, amount: int | None, lines: tuple[tuple[int, int], ...], when: datetime,
        now: datetime,
    ) -> None:  # fmt: skip
        if self.before("refund", key, sale, amount, lines) is not None:
            return
        purchase = self.purchases[sale]
        if when < purchase.at - CLOCKS_DIFFER:
            raise Refused("BeforePurchase")
        if any(not 0 < many <= purchase.goods[line].count - purchase.back(line) for line, many in lines):
            raise Refused("TooManyBack")
        left = 0 if purchase.undo_key else purchase.total - purchase.refunded
        given = amount
        if given is None:
            worth = sum(purchase.goods[line].worth(many, purchase.back(line)) for line, many in lines)
            given = min(worth, left) if left else worth
        if purchase.undo_key or given > left:
            raise Refused("RefundTooLarge")
        self.keep("refund", key, sale, sale, amount, lines)
        purchase.refunds.append(Refund(given, lines, when))
        self._reverse_shares(purchase, when)

    def _reverse_shares(self, purchase: Purchase, when: datetime) -> None:
        """Reverse what all refunds so far stand for, less what was reversed: first what was spent on the bill."""
        for account, spending in purchase.on_bill:
            target = in_proportion(spending.amount, purchase)
            if target > spending.back:
                spending.purse.give_back(spending, target - spending.back, self.day(when))
                self.bring_on(account, when)
        shares = {
            code: max(self._gone(self.units[code], earning, purchase) - earning.reversed, 0)
            for code, earning in purchase.earned.items()
        }
        self._take_back(purchase, shares, when)

    def _take_back(self, purchase: Purchase, shares: dict[str, int], when: datetime) -> None:
        lots = [earning.lot for earning in purchase.earned.values()]
        for code, share in shares.items():
            purse, day = purchase.account.purses[code], self.day(when)
            steps = self.trail(purchase.account)[1:]
            held = [each.purses[code].good(day, held=True) for each in steps]
            onward = sum(lot.left for each in held for lot in each)
            purse.take_back(purchase.earned[code], share, day, onward=onward)
        self.bring_on(purchase.account, when, lots)

    def _gone(self, unit: UnitTerms, earning: Earning, purchase: Purchase) -> int:
        """Return how much of an award should be gone after all refunds so far."""
        if unit.earns == "money":
            return earning.amount if purchase.refunded >= purchase.total else by_lines(earning, purchase)
        left = purchase.total - purchase.refunded
        return earning.amount if left <= 0 or left < unit.minimum else 0

    def undo(self, *, sale: int, key: str, now: datetime, any_time: bool) -> None:
        purchase = self.purchases[sale]
        if purchase.undo_key:
            if purchase.undo_key != key and purchase.earned:
                raise Refused("AlreadyUndone")
            return
        if not any_time and now - purchase.recorded > timedelta(minutes=self.terms.undo_minutes):
            raise Refused("UndoTooLate")
        if purchase.earned:
            self.before("posting", key, "undo", sale)
            self.keep("posting", key, sale, "undo", sale)
        purchase.undo_key = key
        self._take_all_back(purchase, now)

    def _take_all_back(self, purchase: Purchase, now: datetime) -> None:
        left = {code: earning.amount - earning.reversed for code, earning in purchase.earned.items()}
        self._take_back(purchase, left, now)
        self._use(purchase.account, purchase, -1)

    def move(self, *, sale: int, into: int, key: str, now: datetime, any_time: bool) -> None:
        purchase, target = self.purchases[sale], self.accounts[into]
        if self.before("move", key, sale, into) is not None:
            return
        self._check_move(purchase, target, None if any_time else now)
        self._take_all_back(purchase, now)
        self.keep("move", key, sale, sale, into)
        earned, purchase.account, refunds = purchase.earned, target, purchase.refunds
        purchase.earned, purchase.refunds = {}, []
        for code, earning in earned.items():
            self._award(purchase, target.purses[code], earning.amount, earning.lot.first, earning.lot.last)
            purchase.earned[code].by_line = earning.by_line
        self._use(target, purchase, 1)
        for refund in refunds:
            purchase.refunds.append(refund)
            self._reverse_shares(purchase, refund.at)

    def _check_move(self, purchase: Purchase, target: Account, now: datetime | None) -> None:
        if purchase.undo_key:
            raise Refused("Undone")
        if self.current(purchase.account) is target:
            raise Refused("SameAccount")
        if target.leads_to:
            raise Refused("CannotReceive")
        if purchase.on_bill:
            raise Refused("SpentOn")
        if now and now - purchase.recorded > timedelta(minutes=self.terms.undo_minutes):
            raise Refused("MoveTooLate")

    def redeem(self, *, account: int, prize: int, key: str, now: datetime) -> int:
        known = self.before("redeem", key, account, prize)
        if known is not None:
            return known
        number = self._take(self.current(self.accounts[account]), self.prizes[prize], now)
        return self.keep("redeem", key, number, account, prize)

    def _take(self, account: Account, prize: Prize, now: datetime) -> int:
        if prize.stock == 0:
            raise Refused("OutOfStock")
        family = self.behind(account)
        had = sum(each.account in family and each.prize is prize and not each.undone for each in self.redemptions)
        if prize.per_member is not None and had >= prize.per_member:
            raise Refused("LimitReached")
        purse = account.purses[prize.unit]
        spending = purse.spend(prize.cost, now)
        if prize.stock is not None:
            prize.stock -= 1
        self.redemptions.append(Redemption(account, prize, spending, now))
        return len(self.redemptions) - 1

    def undo_redemption(self, *, redemption: int, key: str, now: datetime, any_time: bool) -> None:
        taken = self.redemptions[redemption]
        if taken.undone:
            return
        if not any_time and now - taken.at > timedelta(minutes=self.terms.undo_minutes):
            raise Refused("UndoTooLate")
        self.before("undo redemption", key, redemption)
        self.keep("undo redemption", key, redemption, redemption)
        taken.undone = True
        purse = taken.account.purses[taken.prize.unit]
        purse.give_back(taken.spending, taken.spending.amount, purse.day(now))
        self.bring_on(taken.account, now)
        if taken.prize.stock is not None:
            taken.prize.stock += 1

    def spend_on_bill(self, *, sale: int, unit: str, amount: int, key: str, now: datetime) -> None:
        content = ("spend", sale, unit, amount)
        if self.before("posting", key, *content) is not None:
            return
        purchase = self.purchases[sale]
        purse = purchase.account.purses[unit]
        purchase.on_bill.append((purchase.account, purse.spend(amount, now)))
        self.keep("posting", key, sale, *content)

    def adjust(self, *, account: int, unit: str, amount: int, key: str, last: date | None, now: datetime) -> int:
        content = (account, unit, amount, last)
        known = self.before("adjust", key, *content)
        if known is not None:
            return known
        if last and last < self.day(now):
            raise Refused("DayOver")
        asked = Adjustment(self.current(self.accounts[account]), unit, amount, last)
        limit = self.units[unit].alone
        if limit is None or abs(amount) <= limit:
            self._book(asked, now)
        self.adjustments.append(asked)
        return self.keep("adjust", key, len(self.adjustments) - 1, *content)

    def _book(self, asked: Adjustment, now: datetime) -> None:
        purse = self.current(asked.account).purses[asked.unit]
        if asked.amount < 0:
            purse.spend(-asked.amount, now, kind="remove")
        else:
            purse.stir(now)
            purse.fill(asked.amount, purse.day(now), kind="add", last=asked.last)
        asked.state = "booked"

    def approve(self, *, adjustment: int, now: datetime, same_person: bool) -> None:
        asked = self.adjustments[adjustment]
        if asked.state == "booked":
            return
        self._decide(asked, same_person)
        if asked.last and asked.last < self.day(now):
            raise Refused("DayOver")
        self._book(asked, now)

    def refuse(self, *, adjustment: int, now: datetime, same_person: bool) -> None:
        asked = self.adjustments[adjustment]
        if asked.state != "refused":
            self._decide(asked, same_person)
            asked.state = "refused"

    def _decide(self, asked: Adjustment, same_person: bool) -> None:
        if asked.state != "waiting":
            raise Refused("AlreadyDecided")
        if same_person:
            raise Refused("SamePerson")

    def forgive(self, *, account: int, unit: str, amount: int | None, key: str, now: datetime) -> None:
        content = ("forgive", self.current(self.accounts[account]), unit, amount)
        if self.before("posting", key, *content) is None:
            content[1].purses[unit].forgive(amount, self.day(now))
            self.keep("posting", key, account, *content)

    def reinstate(
        self, *, account: int, unit: str, expiry: int, last: date, key: str, now: datetime
    ) -> None:  # fmt: skip
        content = ("reinstate", account, unit, expiry, last)
        if self.before("posting", key, *content) is not None:
            return
        purse = self.accounts[account].purses[unit]
        lost = purse.expiries[expiry]
        if self.day(now) > lost.last + timedelta(REINSTATE_DAYS):
            raise Refused("TooLate")
        if last < self.day(now):
            raise Refused("DayPassed")
        purse.reinstate(lost, last, now)
        self.bring_on(self.accounts[account], now)
        self.keep("posting", key, account, *content)

    def expire(self, *, now: datetime) -> int:
        today = self.day(now)
        return sum(purse.expire(today) for account in self.accounts for purse in account.purses.values())
