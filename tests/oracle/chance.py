"""What happens next, by the dice. Every draw comes from one seeded Random."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.oracle.bill import Goods, Purchase
from tests.oracle.driver import Driver, Pair

OPEN = 3
KINDS = ("coffee", "bread", "flowers")
OTHER = {
    "buy": "total", "refund": "amount", "adjust": "amount", "spend_on_bill": "amount", "redeem": "prize",
    "move": "into",
}  # fmt: skip


class Chance:
    """Draws steps for a driver and moves its clock."""

    def __init__(self, driver: Driver, rng: Random, now: datetime) -> None:
        self.driver, self.rng, self.now = driver, rng, now
        self.number = 0
        self.keyed: list[tuple[str, int, dict[str, Any]]] = []

    def step(self) -> None:
        """Let a little time pass, then do one thing that can be done."""
        self.let_time_pass()
        place = self.rng.randrange(len(self.driver.pairs))
        pair = self.driver.pairs[place]
        if not pair.shop.accounts:
            return self.open_account(pair, place)
        names = list(WEIGHTS)
        for name in self.rng.choices(names, [WEIGHTS[name] for name in names], k=50):
            if getattr(self, name)(pair, place) is not False:
                return None
        raise AssertionError("nothing can be done")

    def let_time_pass(self) -> None:
        self.now += timedelta(seconds=self.rng.choice((1, 40, 600, 3600, 20_000, 90_000)))

    def do(self, verb: str, place: int, *, called: str = "", **params: Any) -> None:
        params["now"] = self.now
        if self.driver.do(verb, place, called=called, **params) and "key" in params:
            self.keyed = [*self.keyed[-9:], (verb, place, params)]

    def key(self) -> str:
        self.number += 1
        return f"k{self.number}"

    def account(self, pair: Pair) -> int:
        """Return one of the accounts that were opened last."""
        numbers = range(len(pair.shop.accounts))[-OPEN:]
        return self.rng.choice(numbers)

    def owing(self, pair: Pair) -> int:
        """Return an account that owes something, if one does."""
        found = [each.number for each in pair.shop.accounts if any(purse.owed for purse in each.purses.values())]
        return self.rng.choice(found) if found else self.account(pair)

    def sale(self, pair: Pair, fits: Callable[[Purchase], bool]) -> int | None:
        found = [n for n, each in enumerate(pair.shop.purchases) if fits(each)][-12:]
        return self.rng.choice(found) if found else None

    def moment(self) -> datetime:
        """Return when something happened that is booked now: mostly now, sometimes some days ago."""
        return self.now if self.rng.random() < 0.85 else self.now - timedelta(hours=self.rng.randint(1, 24 * 30))

    def open_account(self, pair: Pair, place: int) -> None:
        self.do("open_account", place)

    def buy(self, pair: Pair, place: int) -> None:
        lines = self.rng.choice((1, 1, 2, 3)) if self.rng.random() < pair.shop.terms.lines else 0
        goods = [self._goods() for _ in range(lines)]
        listed = sum(each.amount for each in goods)
        total = (
            self.rng.choice((listed, listed, listed + 350, listed * 9 // 10)) if goods else self.rng.randint(0, 9000)
        )
        self._buy(pair, place, total, goods, called="award")

    def _goods(self) -> Goods:
        amount = self.rng.choice((0, 1, 99, 250, 1999, self.rng.randint(1, 9000)))
        return Goods(self.rng.choice(KINDS), amount, self.rng.choice((1, 1, 2, 3)))

    def visit(self, pair: Pair, place: int) -> None:
        self._buy(pair, place, 0, [], visit=True, called="visit")

    def _buy(
        self, pair: Pair, place: int, total: int, goods: list[Goods], *, called: str, visit: bool = False
    ) -> None:  # fmt: skip
        receipt = f"r{self.rng.randint(1, 40)}" if self.rng.random() < 0.2 else ""
        self.do(
            "buy", place, called=called, account=self.owing(pair) if self.rng.random() < 0.35 else self.account(pair),
            key=self.key(), total=total, goods=tuple(goods), visit=visit, receipt=receipt, when=self.moment(),
        )  # fmt: skip

    def redeem(self, pair: Pair, place: int) -> None:
        """Mostly take what can be paid; now and then what only looks so, being held or run out; or anything."""
        account = self.account(pair)
        purses = pair.shop.current(pair.shop.accounts[account]).purses
        prizes = list(enumerate(pair.shop.prizes))
        today = pair.shop.day(self.now)
        able = [n for n, prize in prizes if purses[prize.unit].spendable(today) >= prize.cost]
        tempted = [n for n, prize in prizes if n not in able and purses[prize.unit].amount >= prize.cost]
        choice = self.rng.random()
        found = able if choice < 0.75 else tempted if choice < 0.93 else []
        prize = self.rng.choice(found or able or range(len(prizes)))
        self.do("redeem", place, called="spend", account=account, prize=prize, key=self.key())

    def spend_on_bill(self, pair: Pair, place: int) -> bool | None:
        sale = self.sale(pair, lambda each: not each.undo_key and each.refunded < each.total)
        if sale is None:
            return False
        purses = pair.shop.purchases[sale].account.purses
        rich = [c for c, purse in purses.items() if purse.spendable(purse.day(self.now))]
        if not rich:
            return False
        unit = self.rng.choice(rich)
        amount = self.rng.randint(1, purses[unit].spendable(purses[unit].day(self.now)))
        self.do("spend_on_bill", place, sale=sale, unit=unit, amount=amount, key=self.key())
        return None

    def refund_whole(self, pair: Pair, place: int) -> bool | None:
        return self._refund(pair, place, lambda left: left, "refund whole")

    def refund_part(self, pair: Pair, place: int) -> bool | None:
        return self._refund(pair, place, lambda left: self.rng.randint(min(1, left), left), "refund part")

    def refund_too_much(self, pair: Pair, place: int) -> bool | None:
        return self._refund(pair, place, lambda left: left + self.rng.randint(1, 100), "refund too much")

    def _refund(self, pair: Pair, place: int, how_much: Callable[[int], int], called: str) -> bool | None:
        """Give back some of a purchase, if it can be one whose award is spent already."""

        def fits(purchase: Purchase) -> bool:
            return bool(purchase.earned or purchase.on_bill) and purchase.refunded < purchase.total

        sale = self.sale(pair, lambda each: fits(each) and would_owe(each)) if self.rng.random() < 0.6 else None
        sale = self.sale(pair, fits) if sale is None else sale
        if sale is None:
            return False
        row = pair.shop.purchases[sale]
        amount = how_much(row.total - row.refunded)
        self.do("refund", place, called=called, sale=sale, key=self.key(), amount=amount, lines=(), when=self.moment())
        return None

    def refund_lines(self, pair: Pair, place: int) -> bool | None:
        """Give back some pieces, now and then too many, for what they are worth or for another amount."""
        sale = self.sale(pair, lambda each: any(many.count > each.back(n) for n, many in enumerate(each.goods)))
        if sale is None:
            return False
        row = pair.shop.purchases[sale]
        left = {n: each.count - row.back(n) for n, each in enumerate(row.goods) if each.count > row.back(n)}
        some = sorted(self.rng.sample(list(left), self.rng.randint(1, len(left))))
        extra = self.rng.random() < 0.05
        lines = tuple((n, self.rng.randint(1, left[n]) + extra) for n in some)
        amount = self.rng.randint(0, row.total - row.refunded) if self.rng.random() < 0.25 else None
        self.do(
            "refund", place, called="refund lines", sale=sale, key=self.key(), amount=amount, lines=lines,
            when=self.moment(),
        )  # fmt: skip
        return None

    def undo(self, pair: Pair, place: int) -> bool | None:
        sale = self.sale(pair, lambda each: bool(each.earned) and (not each.undo_key or self.rng.random() < 0.1))
        if sale is None:
            return False
        anyway = self.rng.random() < 0.8
        self.do("undo", place, called="undo purchase", sale=sale, key=self.key(), any_time=anyway)
        return None

    def undo_redemption(self, pair: Pair, place: int) -> bool | None:
        rows = pair.shop.redemptions
        found = [n for n, each in enumerate(rows) if not each.undone or self.rng.random() < 0.1][-8:]
        if not found:
            return False
        redemption, anyway = self.rng.choice(found), self.rng.random() < 0.85
        self.do("undo_redemption", place, redemption=redemption, key=self.key(), any_time=anyway)
        return None

    def adjust_up(self, pair: Pair, place: int) -> None:
        unit = self.rng.choice(list(pair.shop.units))
        last = None
        if self.rng.random() < 0.7:
            last = self.now.date() + timedelta(days=self.rng.randint(2, 200))
        amount = self.rng.randint(1, 120)
        self.do("adjust", place, account=self.account(pair), unit=unit, amount=amount, last=last, key=self.key())

    def adjust_down(self, pair: Pair, place: int) -> None:
        account, unit = self.account(pair), self.rng.choice(list(pair.shop.units))
        held = pair.shop.accounts[account].purses[unit].amount
        amount = -self.rng.randint(1, held + held // 5 + 1)
        self.do("adjust", place, account=account, unit=unit, amount=amount, last=None, key=self.key())

    def reinstate(self, pair: Pair, place: int) -> bool | None:
        today = pair.shop.day(self.now)
        lost = [
            (account.number, code, n)
            for account in pair.shop.accounts
            for code, purse in account.purses.items()
            for n, expiry in enumerate(purse.expiries)
            if (not expiry.again and (today - expiry.last).days < 32) or self.rng.random() < 0.01
        ]
        if not lost:
            return False
        account, unit, expiry = self.rng.choice(lost)
        last = today + timedelta(days=self.rng.choice((-1, 0, 3, 20, 90)))
        self.do("reinstate", place, account=account, unit=unit, expiry=expiry, last=last, key=self.key())
        return None

    def approve(self, pair: Pair, place: int) -> bool | None:
        return self._decide("approve", pair, place)

    def refuse(self, pair: Pair, place: int) -> bool | None:
        return self._decide("refuse", pair, place)

    def _decide(self, verb: str, pair: Pair, place: int) -> bool | None:
        rows = pair.shop.adjustments
        found = [n for n, each in enumerate(rows) if each.state == "waiting" or self.rng.random() < 0.05]
        if not found:
            return False
        adjustment, alone = self.rng.choice(found[-4:]), self.rng.random() < 0.2
        self.do(verb, place, adjustment=adjustment, same_person=alone)
        return None

    def move(self, pair: Pair, place: int) -> bool | None:
        sale = self.sale(pair, lambda each: not each.undo_key and (not each.on_bill or self.rng.random() < 0.1))
        if sale is None:
            return False
        anyway, into = self.rng.random() < 0.9, self.account(pair)
        if pair.shop.purchases[sale].account.number == into and self.rng.random() < 0.9:
            return False
        self.do("move", place, sale=sale, into=into, key=self.key(), any_time=anyway)
        return None

    def merge(self, pair: Pair, place: int) -> bool | None:
        account, into = self.account(pair), self.account(pair)
        if account == into and self.rng.random() < 0.9:
            return False
        self.do("merge", place, account=account, into=into, key=self.key())
        return None

    def unmerge(self, pair: Pair, place: int) -> bool | None:
        found = [n for n, each in enumerate(pair.shop.merges) if not each.parted or self.rng.random() < 0.1]
        if not found:
            return False
        self.do("unmerge", place, merge=self.rng.choice(found[-5:]))
        return None

    def forgive(self, pair: Pair, place: int) -> bool | None:
        account = self.owing(pair)
        purses = pair.shop.current(pair.shop.accounts[account]).purses
        debts = {code: purse.owed for code, purse in purses.items() if purse.owed or self.rng.random() < 0.02}
        if not debts:
            return False
        unit = self.rng.choice(list(debts))
        amount = self.rng.choice((None, None, self.rng.randint(1, debts[unit] + 2)))
        self.do("forgive", place, account=account, unit=unit, amount=amount, key=self.key())
        return None

    def clock(self, pair: Pair, place: int) -> None:
        """Let up to 400 days pass, and the job run, or be late."""
        self.now += timedelta(days=self.rng.choice((0, 1, 3, 10, 31, 90, self.rng.randint(0, 400))))
        if self.rng.random() < 0.8:
            self.expire(pair, place)

    def brink(self, pair: Pair, place: int) -> bool | None:
        """Let time pass to the day, or just after it, on which something begins or ceases to be good, and spend it."""
        today = pair.shop.day(self.now)
        found = [
            (account.number, code, day)
            for account in pair.shop.accounts[-OPEN:]
            for code, purse in account.purses.items()
            for lot in purse.lots
            if lot.left and (day := self.rng.choice((lot.first, lot.last or purse.quiet_after()))) and day >= today
        ]
        if not found:
            return False
        account, unit, day = self.rng.choice(found)
        self.now += timedelta(days=(day - today).days + self.rng.choice((-1, 0, 0, 1)) if day > today else 0)
        held = pair.shop.accounts[account].purses[unit].amount
        prizes = [n for n, prize in enumerate(pair.shop.prizes) if prize.unit == unit and prize.cost <= held]
        if not prizes:
            return False
        prize = self.rng.choice(prizes)
        self.do("redeem", place, called="spend", account=account, prize=prize, key=self.key())
        return None

    def expire(self, pair: Pair, place: int) -> None:
        self.do("expire", place)

    def retry(self, pair: Pair, place: int) -> bool | None:
        """Send one of the last requests once more, as it was."""
        if not self.keyed:
            return False
        verb, where, params = self.rng.choice(self.keyed)
        self.driver.do(verb, where, called="same key again", **params | {"now": self.now})
        return None

    def other_content(self, pair: Pair, place: int) -> bool | None:
        """Send the key of one of the last requests with something else."""
        found = [each for each in self.keyed if each[0] in OTHER and each[2][OTHER[each[0]]] is not None]
        if not found:
            return False
        verb, where, params = self.rng.choice(found)
        name = OTHER[verb]
        shop = self.driver.pairs[where].shop
        choices = {"redeem": len(shop.prizes), "move": len(shop.accounts)}.get(verb)
        other = (params[name] + 1) % choices if choices else params[name] + 1
        if other == params[name] or (not other and verb == "adjust"):
            return False
        changed = params | {name: other, "now": self.now}
        self.driver.do(verb, where, called="same key, other content", **changed)
        return None


def would_owe(purchase: Purchase) -> bool:
    """Whether what a purchase earned could not be taken back from what is there."""
    purses = purchase.account.purses
    return any(purses[code].amount < each.amount - each.reversed for code, each in purchase.earned.items())


WEIGHTS = {
    "buy": 30, "visit": 3, "redeem": 18, "spend_on_bill": 4, "refund_whole": 4, "refund_part": 5, "refund_lines": 5,
    "refund_too_much": 2, "undo": 4, "undo_redemption": 5, "adjust_up": 5, "adjust_down": 3, "approve": 8, "refuse": 6,
    "move": 4, "merge": 4, "unmerge": 10, "forgive": 10, "clock": 4, "brink": 4, "expire": 2, "retry": 4,
    "other_content": 4, "open_account": 4, "reinstate": 9,
}  # fmt: skip
