"""The races once more from outside: twenty browsers, gunicorn with four workers, the same thing at the same moment."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import count
from pathlib import Path
from random import Random
from threading import Barrier
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from loyalty.domain import ledger, sales
from loyalty.domain.accounts import open_account
from loyalty.domain.sale_input import SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Account, PostingKind, Refund, Sale
from rewards.models import Redemption, Reward, Voucher, VoucherState
from tests.campaigns import stand
from tests.campaigns.clients import Answer, Browser, counter, portal
from tests.campaigns.hammer import PATIENCE, THREADS
from tests.campaigns.server import serving
from tests.rewards.shop import Shop, open_shop
from tests.world import NOW

type Ask = Callable[[], Answer]
type Round = tuple[list[Ask], Callable[[], int]]
"""What each browser sends, and how many of the thing there are afterwards: exactly one."""

COST = 100
WORKERS = 4
CLEAN = {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
NUMBERS = count()


@dataclass
class Tally:
    """What became of the rounds of one scenario."""

    name: str
    rounds: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Crowd:
    """Twenty tills and twenty tabs of one member, all signed in."""

    def __init__(self, shop: Shop, port: int, rng: Random) -> None:
        self.shop, self.rng = shop, rng
        self.tills = [Browser(port, shop.manager) for _ in range(THREADS)]
        self.tabs = [Browser(port, shop.member_user) for _ in range(THREADS)]
        self.reward = shop.add(cost=COST)

    def give(self, account: Account) -> Account:
        """Give an account just enough for one reward."""
        head = ledger.Booking(
            account=account, key=f"http:{next(NUMBERS)}", kind=PostingKind.GIFT, at=NOW, booked_at=NOW,
            by=self.shop.at_counter(),
        )  # fmt: skip
        ledger.award(head, [ledger.AwardLine(self.shop.points, COST)])
        return account

    def fresh(self) -> Account:
        return open_account(business=self.shop.business, at=NOW)

    def hand_out(self, till: Browser, account: Account, reward: Reward | None = None) -> Ask:
        wanted = reward or self.reward
        path = counter("hand-out", account=account.public_id, reward=wanted.public_id)
        return partial(till.post, path, {"key": uuid4()})

    def redeem(self, tab: Browser) -> Ask:
        return partial(tab.post, portal("redeem", reward=self.reward.public_id), {"key": uuid4()})

    def buy(self, account: Account, **form: object) -> list[Ask]:
        path = counter("member", account=account.public_id)
        filled = [{"key": uuid4(), "amount": "10.00", "confirmed": "1000", "receipt": "", **form} for _ in self.tills]
        return [partial(till.post, path, each) for till, each in zip(self.tills, filled, strict=True)]

    def bought(self, account: Account) -> Sale:
        sale = SaleInput(key=f"http:{next(NUMBERS)}", at=timezone.now(), total=1000, total_before_tax=1000)
        return sales.record(
            business=self.shop.business, account=account, sale=sale, by=self.shop.at_counter(), at=timezone.now(),
            customer=CustomerFacts(),
        ).sale  # fmt: skip

    def taken(self, account: Account) -> Callable[[], int]:
        before = Redemption.objects.filter(account=account).count()
        return lambda: Redemption.objects.filter(account=account).count() - before

    def wallet_at_the_tills(self) -> Round:
        account = self.give(self.fresh())
        return [self.hand_out(till, account) for till in self.tills], self.taken(account)

    def wallet_in_the_portal(self) -> Round:
        account = self.give(self.shop.member.account)
        return [self.redeem(tab) for tab in self.tabs], self.taken(account)

    def wallet_at_both(self) -> Round:
        account = self.give(self.shop.member.account)
        asks = [self.redeem(tab) for tab in self.tabs[::2]] + [self.hand_out(till, account) for till in self.tills[::2]]
        return asks, self.taken(account)

    def last_item(self) -> Round:
        accounts, mug = [self.give(self.fresh()) for _ in self.tills], self.shop.add(cost=COST, stock=1)
        asks = [self.hand_out(till, account, mug) for till, account in zip(self.tills, accounts, strict=True)]
        return asks, lambda: Redemption.objects.filter(reward=mug).count()

    def one_receipt(self) -> Round:
        receipt = f"R{next(NUMBERS)}"
        return self.buy(self.fresh(), receipt=receipt), lambda: Sale.objects.filter(receipt=receipt).count()

    def one_form(self) -> Round:
        key = uuid4()
        return self.buy(self.fresh(), key=key), lambda: Sale.objects.filter(key=f"till:{key}").count()

    def refund(self) -> Round:
        sale = self.bought(self.fresh())
        path = counter("refund", sale=sale.public_id)
        asks = [partial(till.post, path, {"key": uuid4(), "amount": "10.00"}) for till in self.tills]
        return asks, lambda: Refund.objects.filter(sale=sale).count()

    def one_voucher(self) -> Round:
        self.give(self.shop.member.account)
        voucher = self.shop.redeem(
            self.reward, key=f"http:{next(NUMBERS)}", at=timezone.now(), by=self.shop.at_portal()
        )
        path = counter("voucher-use", voucher=voucher.voucher.public_id)
        used = Voucher.objects.filter(redemption=voucher, state=VoucherState.USED)
        return [partial(till.post, path, {"key": uuid4()}) for till in self.tills], used.count

    def scenarios(self) -> dict[str, Callable[[], Round]]:
        """Return every scenario by its name; all but one-form refuse nineteen."""
        return {
            "wallet-at-tills": self.wallet_at_the_tills, "wallet-in-portal": self.wallet_in_the_portal,
            "wallet-at-both": self.wallet_at_both, "last-item": self.last_item, "one-receipt": self.one_receipt,
            "one-form": self.one_form, "double-refund": self.refund, "one-voucher": self.one_voucher,
        }  # fmt: skip


def strike(pool: ThreadPoolExecutor, asks: Sequence[Ask]) -> list[Answer]:
    """Send all requests at the same moment; return the answers."""
    barrier = Barrier(len(asks))

    def send(ask: Ask) -> Answer:
        barrier.wait(PATIENCE)
        return ask()

    return list(pool.map(send, asks))


def judge(tally: Tally, answers: Sequence[Answer], number: int) -> None:
    """Exactly one success, or twenty that are the same one; the rest refused cleanly; one thing in the rows."""
    tally.rounds += 1
    tally.statuses.update(answer.status for answer in answers)
    went_on = [answer.location for answer in answers if answer.status == HTTPStatus.FOUND]
    right = len(set(went_on)) == 1 and len(went_on) == (THREADS if tally.name == "one-form" else 1)
    # SQLite has one writer: whoever waited too long for it is told to try again.
    waiting = {HTTPStatus.SERVICE_UNAVAILABLE} if connection.vendor == "sqlite" else set()
    dirty = {answer.status for answer in answers} - CLEAN - {HTTPStatus.FOUND} - waiting
    if not right or dirty or number != 1:
        seen = dict(Counter(answer.status for answer in answers))
        tally.faults.append(f"{tally.name}: {number} in the books, {len(set(went_on))} told so, answers {seen}")


def campaign(folder: Path, rounds: int, seed: int) -> list[Tally]:
    """Run rounds of every scenario against a server; print each tally as it comes."""
    tallies: list[Tally] = []
    with serving(folder, workers=WORKERS) as server, ThreadPoolExecutor(THREADS) as pool:
        crowd = Crowd(open_shop(), server.port, Random(seed))
        for name, prepare in crowd.scenarios().items():
            tally = Tally(name)
            for _ in range(rounds):
                asks, number = prepare()
                crowd.rng.shuffle(asks)
                judge(tally, strike(pool, asks), number())
            tallies.append(tally)
            print(f"{'FAIL' if tally.faults else 'ok  '} {name:<17} {rounds} rounds, answers {dict(tally.statuses)}")
            for fault in tally.faults[:3]:
                print(f"     {fault}", flush=True)
    tallies[-1].faults += stand.faults()
    return tallies
