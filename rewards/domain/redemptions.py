"""Redeeming a reward: spend from the ledger, take from the stock, issue the voucher, all or nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db.models import F

from loyalty.domain import audit, ledger
from loyalty.domain import locks as account_locks
from loyalty.domain.actors import Actor
from loyalty.engine import codes
from loyalty.engine.days import local_day
from loyalty.models import Account, Channel, Posting, PostingKind
from loyalty.queries.accounts import behind, known_as
from rewards.domain import locks
from rewards.models import Redemption, Reward, RewardState, Voucher, VoucherState

VOUCHER_CODE_LENGTH = 12


class RedemptionError(Exception):
    """A redemption that is refused; nothing was written."""


class NotAvailable(RedemptionError):
    """The reward is not in the catalogue today, or not online."""


class OutOfStock(RedemptionError):
    """The last piece is gone."""


class LimitReached(RedemptionError):
    """The member has had as many as one member may have."""


class NotEnough(RedemptionError):
    """The balance does not cover the cost; missing is in smallest parts of the reward's unit."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} missing")
        self.missing = missing


class UndoTooLate(RedemptionError):
    """The minutes in which this can be undone are over, or the voucher has been used."""


@account_locks.atomic
def redeem(
    *, reward: Reward, account: Account, key: str, by: Actor, at: datetime, hand_out: bool = False
) -> Redemption:
    """Take a reward at its catalogue price and issue its voucher; hand_out uses the voucher at once.

    The same key again returns the first redemption. A merged account's reward is taken from the one it leads to.
    Locks the account, then the reward.
    Raises NotAvailable, OutOfStock, LimitReached, NotEnough, ledger.AccountClosed, ledger.KeyReused.
    """
    account = account_locks.lock_current(account)
    known = Posting.objects.filter(business_id=account.business_id, key=f"redeem:{key}").first()
    if known:
        return _known(known, reward, account)
    ledger.check_open(account)
    row = locks.lock_reward(reward.pk)
    _check(row, account, channel=by.channel, at=at)
    posting = _spend(row, account, key=key, by=by, at=at)
    if row.stock is not None:
        Reward.objects.filter(pk=row.pk).update(stock=F("stock") - 1)
    redemption = Redemption.objects.create(
        business_id=row.business_id, account=account, reward=row, posting=posting, cost=row.cost,
        channel=by.channel, staff=by.staff, at=at,
    )  # fmt: skip
    _issue(redemption, by=by, at=at, used=hand_out)
    audit.record(verb="reward.redeemed", by=by, at=at, business=row.business, obj=redemption, cost=row.cost)
    return redemption


def _known(posting: Posting, reward: Reward, account: Account) -> Redemption:
    accounts = known_as(account)
    redemption = Redemption.objects.filter(posting=posting, reward=reward, account__in=accounts).first()
    if redemption is None:
        raise ledger.KeyReused(posting.key)
    return redemption


def _check(reward: Reward, account: Account, *, channel: Channel, at: datetime) -> None:
    today = local_day(at, reward.business.time_zone)
    too_early = reward.available_from and today < reward.available_from
    too_late = reward.available_to and today > reward.available_to
    if reward.business_id != account.business_id or reward.state != RewardState.ACTIVE or too_early or too_late:
        raise NotAvailable
    if channel == Channel.PORTAL and not reward.online:
        raise NotAvailable
    if reward.stock == 0:
        raise OutOfStock
    if reward.per_member is not None and _taken(reward, account) >= reward.per_member:
        raise LimitReached


def _taken(reward: Reward, account: Account) -> int:
    return Redemption.objects.filter(account__in=behind([account.pk]), reward=reward, undone_at=None).count()


def _spend(reward: Reward, account: Account, *, key: str, by: Actor, at: datetime) -> Posting:
    booking = ledger.Booking(
        account=account, key=f"redeem:{key}", kind=PostingKind.REDEMPTION, at=at, booked_at=at, by=by
    )
    why = {"reward": reward.pk, "cost": reward.cost}
    try:
        return ledger.spend(booking, unit=reward.unit, amount=reward.cost, why=why)
    except ledger.NotEnough as error:
        raise NotEnough(error.asked - error.available) from error


def _issue(redemption: Redemption, *, by: Actor, at: datetime, used: bool) -> Voucher:
    reward = redemption.reward
    last_good_day = None
    if reward.voucher_days is not None:
        last_good_day = local_day(at, reward.business.time_zone) + timedelta(days=reward.voucher_days)
    return Voucher.objects.create(
        business_id=redemption.business_id,
        redemption=redemption,
        code=_new_voucher_code(redemption.business_id),
        state=VoucherState.USED if used else VoucherState.ISSUED,
        last_good_day=last_good_day,
        used_at=at if used else None,
        used_by=by.staff if used else None,
    )


def _new_voucher_code(business_id: int) -> str:
    while True:
        code = codes.new_code(VOUCHER_CODE_LENGTH)
        if not Voucher.objects.filter(business_id=business_id, code=code).exists():
            return code


@account_locks.atomic
def undo(*, redemption: Redemption, key: str, by: Actor, at: datetime, any_time: bool = False) -> Redemption:
    """Undo a redemption: what was spent goes back to its own lots, the piece back to the stock.

    A cashier may undo what was handed out at the counter within the business's undo minutes (any_time: a
    manager's right). Undoing what is undone changes nothing. Locks the account, the reward and the voucher.
    Raises UndoTooLate.
    """
    locked = _Locked.of(redemption)
    over = at - redemption.at > timedelta(minutes=redemption.business.undo_minutes)
    if over and not any_time and not locked.redemption.undone_at:
        raise UndoTooLate
    return locked.reverse(key=key, by=by, at=at)


@account_locks.atomic
def cancel(*, voucher: Voucher, key: str, by: Actor, at: datetime) -> Redemption:
    """Give an unused voucher back: the balance returns to its own lots with their own dates.

    Cancelling twice changes nothing. Locks the account, the reward and the voucher.
    Raises UndoTooLate when the voucher was used or has run out.
    """
    locked = _Locked.of(voucher.redemption)
    state = locked.voucher.state_on(local_day(at, voucher.business.time_zone))
    if state not in (VoucherState.ISSUED, VoucherState.CANCELLED):
        raise UndoTooLate
    return locked.reverse(key=key, by=by, at=at)


@dataclass(frozen=True, slots=True)
class _Locked:
    """A redemption with all that an undo writes to, locked in the order of the house and read anew."""

    account: Account
    reward: Reward
    voucher: Voucher
    redemption: Redemption

    @classmethod
    def of(cls, redemption: Redemption) -> Self:
        return cls(
            account=account_locks.lock_account(redemption.account),
            reward=locks.lock_reward(redemption.reward_id),
            voucher=locks.lock_voucher(redemption.voucher.pk),
            redemption=Redemption.objects.select_related("business", "posting").get(pk=redemption.pk),
        )

    def reverse(self, *, key: str, by: Actor, at: datetime) -> Redemption:
        row, voucher = self.redemption, self.voucher
        if row.undone_at:
            return row
        ledger.reverse(
            ledger.Booking(
                account=self.account, key=f"undo:{key}", kind=PostingKind.UNDO, at=at, booked_at=at, by=by,
                reverses=row.posting,
            )
        )  # fmt: skip
        if self.reward.stock is not None:
            Reward.objects.filter(pk=self.reward.pk).update(stock=F("stock") + 1)
        voucher.state, voucher.closed_at = VoucherState.CANCELLED, at
        voucher.save(update_fields=["state", "closed_at"])
        row.undone_at = at
        row.save(update_fields=["undone_at"])
        audit.record(verb="redemption.undone", by=by, at=at, business=row.business, obj=row)
        return row
