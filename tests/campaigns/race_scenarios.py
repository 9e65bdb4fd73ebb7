"""What twenty do at the same moment, which outcome alone is right, and when more was given than there was."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import ClassVar

from django.db.models import Sum

from loyalty.domain import ledger, merging, refunds, sales
from loyalty.domain.accounts import open_account
from loyalty.domain.expiry import expire_due
from loyalty.domain.sale_input import SaleInput
from loyalty.engine.days import local_day
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Account, Entry, EntryKind, Lot, Posting, PostingKind, Refund
from rewards.domain import redemptions, vouchers
from rewards.models import Redemption, Reward, Voucher, VoucherState
from tests.campaigns.hammer import THREADS, Act
from tests.rewards.shop import Shop
from tests.world import NOW

type Answers = Sequence[object]

COST = 100
PLENTY = 1_000_000_000
NUMBERS = count()


class Scenario(ABC):
    """One race. prepare() makes fresh rows for a round; harmed() and settled() judge it by answers and rows."""

    name: ClassVar[str]
    refusals: ClassVar[tuple[type[Exception], ...]]

    def __init__(self, shop: Shop, rng: Random) -> None:
        self.shop, self.rng = shop, rng
        self.accounts: list[Account] = []
        self.reward = shop.add(cost=COST)

    @abstractmethod
    def prepare(self) -> list[Act]:
        """Make the round's rows; return what each thread does."""

    @abstractmethod
    def harmed(self, answers: Answers) -> bool:
        """Whether more was spent, issued or given back than there was."""

    @abstractmethod
    def settled(self, answers: Answers) -> bool:
        """Whether the one right outcome stands in the rows and everybody was told it."""

    def shown(self, answers: Answers) -> list[Exception]:
        """Return the errors that are no refusal: a user would have met them as a broken page."""
        return [a for a in answers if isinstance(a, Exception) and not isinstance(a, self.refusals)]

    def key(self) -> str:
        return f"{self.name}:{next(NUMBERS)}"

    def account(self, points: int, *, days: int | None = None) -> Account:
        """Open an account with points that are good for so many days, or for ever."""
        account = open_account(business=self.shop.business, at=NOW)
        today = local_day(NOW, self.shop.business.time_zone)
        self.award(account, points, None if days is None else today + timedelta(days=days))
        return account

    def award(self, account: Account, points: int, last_good_day: date | None = None) -> Posting:
        """Award points under a key of their own."""
        head = ledger.Booking(
            account=account, key=self.key(), kind=PostingKind.GIFT, at=NOW, booked_at=NOW, by=self.shop.at_counter()
        )
        return ledger.award(head, [ledger.AwardLine(self.shop.points, points, last_good_day)])

    def redeem(self, reward: Reward, account: Account, key: str) -> Redemption:
        return redemptions.redeem(reward=reward, account=account, key=key, by=self.shop.at_counter(), at=NOW)

    def moved(self, *kinds: EntryKind) -> int:
        """Return how much entries of these kinds moved in the round's accounts."""
        rows = Entry.objects.filter(account__in=self.accounts, kind__in=kinds)
        return abs(rows.aggregate(total=Sum("amount", default=0))["total"])


def successes(answers: Answers) -> int:
    return sum(not isinstance(answer, Exception) for answer in answers)


class SameAccount(Scenario):
    """Twenty redemptions of a wallet that pays for one."""

    name = "same-account"
    refusals = (redemptions.NotEnough,)

    def prepare(self) -> list[Act]:
        account = self.account(COST + self.rng.randrange(COST))
        self.accounts = [account]
        return [partial(self.redeem, self.reward, account, self.key()) for _ in range(THREADS)]

    def harmed(self, answers: Answers) -> bool:
        return self.moved(EntryKind.SPEND) > COST

    def settled(self, answers: Answers) -> bool:
        return successes(answers) == 1 and self.moved(EntryKind.SPEND) == COST


class LastItem(Scenario):
    """Twenty accounts want the last piece."""

    name = "last-item"
    refusals = (redemptions.OutOfStock,)

    def prepare(self) -> list[Act]:
        self.accounts = self.accounts or [self.account(PLENTY) for _ in range(THREADS)]
        self.reward = self.shop.add(cost=COST, stock=1)
        return [partial(self.redeem, self.reward, account, self.key()) for account in self.accounts]

    def harmed(self, answers: Answers) -> bool:
        return self.issued() > 1

    def settled(self, answers: Answers) -> bool:
        self.reward.refresh_from_db()
        return successes(answers) == self.issued() == 1 and self.reward.stock == 0

    def issued(self) -> int:
        return Redemption.objects.filter(reward=self.reward).count()


class SameKey(Scenario):
    """One request that is sent twenty times at once, on a wallet that could pay for all."""

    name = "same-key"
    refusals = ()

    def prepare(self) -> list[Act]:
        account, key = self.account(COST * THREADS), self.key()
        self.accounts = [account]
        return [lambda: self.redeem(self.reward, account, key) for _ in range(THREADS)]

    def harmed(self, answers: Answers) -> bool:
        return self.moved(EntryKind.SPEND) > COST

    def settled(self, answers: Answers) -> bool:
        told = {answer.pk for answer in answers if isinstance(answer, Redemption)}
        return successes(answers) == THREADS and len(told) == 1 and self.moved(EntryKind.SPEND) == COST


class SameVoucher(Scenario):
    """One voucher is shown at twenty tills."""

    name = "same-voucher"
    refusals = (vouchers.VoucherNotGood,)

    def prepare(self) -> list[Act]:
        account = self.account(COST)
        self.voucher = self.redeem(self.reward, account, self.key()).voucher
        self.accounts = [account]
        by = self.shop.at_counter()
        return [lambda: vouchers.use(voucher=self.voucher, by=by, at=NOW) for _ in range(THREADS)]

    def harmed(self, answers: Answers) -> bool:
        return successes(answers) > 1

    def settled(self, answers: Answers) -> bool:
        self.voucher.refresh_from_db()
        return successes(answers) == 1 and self.voucher.state == VoucherState.USED


class DoubleRefund(Scenario):
    """Twenty tills give back the whole of one purchase."""

    name = "double-refund"
    refusals = (refunds.RefundTooLarge,)

    def prepare(self) -> list[Act]:
        account, by = self.account(1), self.shop.at_counter()
        self.accounts, self.total = [account], self.rng.randrange(100, 10_000)
        bought = SaleInput(key=self.key(), at=NOW, total=self.total, total_before_tax=self.total)
        self.sale = sales.record(
            business=self.shop.business, account=account, sale=bought, by=by, at=NOW, customer=CustomerFacts()
        ).sale
        return [partial(self._refund, self.key()) for _ in range(THREADS)]

    def _refund(self, key: str) -> Refund:
        by = self.shop.at_counter()
        return refunds.refund(sale=self.sale, amount=self.total, key=key, by=by, at=NOW, happened_at=NOW)

    def harmed(self, answers: Answers) -> bool:
        return self.refunded() > self.total

    def settled(self, answers: Answers) -> bool:
        taken = self.moved(EntryKind.TAKE_BACK)
        return successes(answers) == 1 and self.refunded() == self.total and taken == self.total // 100 + 1

    def refunded(self) -> int:
        return Refund.objects.filter(sale=self.sale).aggregate(total=Sum("amount", default=0))["total"]


class ExpiryAgainstRedemption(Scenario):
    """Ten jobs let a lot run out while ten redemptions of its last day are still on their way."""

    name = "expiry"
    refusals = (redemptions.NotEnough,)

    def prepare(self) -> list[Act]:
        account, late = self.account(COST, days=0), NOW + timedelta(days=2)
        self.accounts = [account]
        acts: list[Act] = [partial(self.redeem, self.reward, account, self.key()) for _ in range(THREADS // 2)]
        acts += [lambda: expire_due(business=self.shop.business, at=late)] * (THREADS - len(acts))
        self.rng.shuffle(acts)
        return acts

    def harmed(self, answers: Answers) -> bool:
        return self.moved(EntryKind.SPEND, EntryKind.EXPIRE) > COST

    def settled(self, answers: Answers) -> bool:
        taken = sum(isinstance(answer, Redemption) for answer in answers)
        spent, expired = self.moved(EntryKind.SPEND), self.moved(EntryKind.EXPIRE)
        return (taken, spent, expired) in ((1, COST, 0), (0, 0, COST))


class UndoAgainstUse(Scenario):
    """Ten tills hand over what ten clicks give back."""

    name = "undo-or-use"
    refusals = (vouchers.VoucherNotGood, redemptions.UndoTooLate)

    def prepare(self) -> list[Act]:
        account, key = self.account(COST), self.key()
        self.voucher = self.redeem(self.reward, account, self.key()).voucher
        self.accounts = [account]
        by, portal = self.shop.at_counter(), self.shop.at_portal()
        acts: list[Act] = [partial(vouchers.use, voucher=self.voucher, by=by, at=NOW)] * (THREADS // 2)
        cancel = partial(redemptions.cancel, voucher=self.voucher, key=key, by=portal, at=NOW)
        acts += [cancel] * (THREADS - len(acts))
        self.rng.shuffle(acts)
        return acts

    def harmed(self, answers: Answers) -> bool:
        return any(isinstance(a, Voucher) for a in answers) and self.moved(EntryKind.GIVE_BACK) > 0

    def settled(self, answers: Answers) -> bool:
        self.voucher.refresh_from_db()
        used = sum(isinstance(answer, Voucher) for answer in answers)
        given = sum(isinstance(answer, Redemption) for answer in answers)
        outcome = (self.voucher.state, used, given, self.moved(EntryKind.GIVE_BACK))
        return outcome in ((VoucherState.USED, 1, 0, 0), (VoucherState.CANCELLED, 0, THREADS // 2, COST))


class MergeAgainstAward(Scenario):
    """Nineteen awards to an account, known from before, while it is merged into another."""

    name = "merge"
    refusals = ()

    def prepare(self) -> list[Act]:
        both = [self.account(COST), self.account(COST)]
        self.rng.shuffle(both)
        self.source, self.target = self.accounts = both
        by, key = self.shop.at_counter(), self.key()
        merge = partial(merging.merge, source=self._known(), target=self.target, key=key, by=by, at=NOW)
        acts: list[Act] = [merge, *(partial(self.award, self._known(), 10) for _ in range(THREADS - 1))]
        self.rng.shuffle(acts)
        return acts

    def _known(self) -> Account:
        return Account.objects.select_related("business").get(pk=self.source.pk)

    def harmed(self, answers: Answers) -> bool:
        awarded = sum(isinstance(answer, Posting) for answer in answers)
        return self._held() != [0, 2 * COST + 10 * awarded]

    def settled(self, answers: Answers) -> bool:
        return successes(answers) == THREADS and self._held() == [0, 2 * COST + 10 * (THREADS - 1)]

    def _held(self) -> list[int]:
        lots = Lot.objects.filter(unit=self.shop.points)
        return [
            lots.filter(account=account).aggregate(total=Sum("remaining", default=0))["total"]
            for account in (self.source, self.target)
        ]


SCENARIOS: dict[str, type[Scenario]] = {
    scenario.name: scenario
    for scenario in (
        SameAccount, LastItem, SameKey, SameVoucher, DoubleRefund, ExpiryAgainstRedemption, UndoAgainstUse,
        MergeAgainstAward,
    )
}  # fmt: skip
