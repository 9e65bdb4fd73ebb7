"""Redeeming a reward: spend from the ledger, take from the stock, issue the voucher, all or nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import F

from loyalty.domain import audit, ledger
from loyalty.domain import locks as account_locks
from loyalty.domain.actors import Actor
from loyalty.engine import codes
from loyalty.engine.days import local_day
from loyalty.models import Account, Channel, Posting, PostingKind
from loyalty.queries.accounts import behind, known_as
from rewards.domain import locks, undoing
from rewards.domain.undoing import ReasonMissing
from rewards.models import Redemption, RedemptionUndo, Reward, RewardState, Voucher, VoucherState

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


class ChangedSince(RedemptionError):
    """There is no undo to undo: nothing was undone, or the voucher went on its way since."""


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
    posting = _spend(row, account, cost=row.cost, key=key, by=by, at=at)
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
    _check_left(reward, account)


def _check_left(reward: Reward, account: Account) -> None:
    if reward.stock == 0:
        raise OutOfStock
    if reward.per_member is not None and _taken(reward, account) >= reward.per_member:
        raise LimitReached


def _taken(reward: Reward, account: Account) -> int:
    return Redemption.objects.filter(account__in=behind([account.pk]), reward=reward, undone_at=None).count()


def _spend(reward: Reward, account: Account, *, cost: int, key: str, by: Actor, at: datetime) -> Posting:
    booking = ledger.Booking(
        account=account, key=f"redeem:{key}", kind=PostingKind.REDEMPTION, at=at, booked_at=at, by=by
    )
    why = {"reward": reward.pk, "cost": cost}
    try:
        return ledger.spend(booking, unit=reward.unit, amount=cost, why=why)
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
def undo(
    *, redemption: Redemption, key: str, by: Actor, at: datetime, any_time: bool = False, reason: str = ""
) -> Redemption:
    """Undo a redemption: what was spent goes back to its own lots, the piece back to the stock.

    A cashier may undo what was handed out at the counter within the business's undo minutes (any_time: a manager's
    right). Once they are over, whoever gives back what a used or expired voucher cost says why; the member reads it.
    Undoing what is undone changes nothing. Locks the account, the reward and the voucher.
    Raises UndoTooLate, ReasonMissing, undoing.OwnAccount.
    """
    undoing.check_not_own(redemption.account, by)
    locked = _Locked.of(redemption)
    if locked.redemption.undone_at:
        return locked.redemption
    late = needs_reason(locked.redemption, locked.voucher, at)
    if not any_time and (late or undoing.is_over(redemption.at, redemption.business, at)):
        raise UndoTooLate
    if late and not reason:
        raise ReasonMissing
    undo = undoing.note(
        redemption=locked.redemption, voucher=locked.voucher, gave_back=True, reason=reason if late else "", by=by,
        at=at,
    )  # fmt: skip
    return locked.reverse(key=key, by=by, at=at, undo=undo)


def needs_reason(redemption: Redemption, voucher: Voucher, at: datetime) -> bool:
    """Return whether to undo it now gives back what the member has had, or let run out, and no slip explains it."""
    state = voucher.state_on(local_day(at, redemption.business.time_zone))
    if state == VoucherState.USED and voucher.used_at:
        return undoing.is_over(voucher.used_at, redemption.business, at)
    return state == VoucherState.EXPIRED


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

    def reverse(self, *, key: str, by: Actor, at: datetime, undo: RedemptionUndo | None = None) -> Redemption:
        row, voucher = self.redemption, self.voucher
        if row.undone_at:
            return row
        posting = ledger.reverse(
            ledger.Booking(
                account=self.account, key=f"undo:{key}", kind=PostingKind.UNDO, at=at, booked_at=at, by=by,
                reverses=row.posting, reason=undo.reason if undo else "",
            )
        )  # fmt: skip
        before = voucher.state
        if self.reward.stock is not None:
            Reward.objects.filter(pk=self.reward.pk).update(stock=F("stock") + 1)
        voucher.state, voucher.closed_at = VoucherState.CANCELLED, at
        voucher.save(update_fields=["state", "closed_at"])
        row.undone_at = at
        row.save(update_fields=["undone_at"])
        change = _change(posting, before, voucher.state) | ({"undo": undo.pk} if undo else {})
        audit.record(verb="redemption.undone", by=by, at=at, business=row.business, obj=row, **change)
        return row


@account_locks.atomic
def redo(*, redemption: Redemption, by: Actor, at: datetime, any_time: bool = False) -> Redemption:
    """Undo the last undo of a redemption, within the business's undo minutes; return the redemption that stands now.

    A voucher that was made good again is used as it was. What was given back is spent anew, at the price of then, and
    a voucher in the state of then is issued for it. any_time: a manager's right, which an undo with a reason asks for.
    Twice changes nothing. Locks the account, the reward and the voucher.
    Raises ChangedSince, UndoTooLate, NotEnough, OutOfStock, LimitReached, undoing.OwnAccount.
    """
    undoing.check_not_own(redemption.account, by)
    account = account_locks.lock_current(redemption.account)
    reward, voucher = locks.lock_reward(redemption.reward_id), locks.lock_voucher(redemption.voucher.pk)
    undo = undoing.last_undo(redemption)
    if undo is None:
        raise ChangedSince
    if undo.undone_at:
        return undo.again or redemption
    if undoing.is_over(undo.at, redemption.business, at) or (undo.reason and not any_time):
        raise UndoTooLate
    undo.again = _take_again(undo, reward, account, by=by, at=at) if undo.gave_back else None
    undo.undone_at = at
    undo.save(update_fields=["again", "undone_at"])
    if undo.again is None:
        _use_again(voucher, undo, by=by, at=at)
    return undo.again or redemption


def _take_again(undo: RedemptionUndo, reward: Reward, account: Account, *, by: Actor, at: datetime) -> Redemption:
    first = undo.redemption
    _check_left(reward, account)
    posting = _spend(reward, account, cost=first.cost, key=f"redo:{undo.pk}", by=by, at=at)
    if reward.stock is not None:
        Reward.objects.filter(pk=reward.pk).update(stock=F("stock") - 1)
    again = Redemption.objects.create(
        business_id=first.business_id, account=account, reward=reward, posting=posting, cost=first.cost,
        channel=first.channel, staff=first.staff, at=at,
    )  # fmt: skip
    Voucher.objects.create(
        business_id=first.business_id, redemption=again, code=_new_voucher_code(first.business_id),
        state=undo.state_before, last_good_day=first.voucher.last_good_day, used_at=undo.used_at_before,
        used_by=undo.used_by_before, closed_at=at if undo.state_before == VoucherState.EXPIRED else None,
    )  # fmt: skip
    change = _change(posting, VoucherState.CANCELLED, undo.state_before) | {"undo": undo.pk}
    audit.record(verb="redemption.redone", by=by, at=at, business=reward.business, obj=again, **change)
    return again


def _use_again(voucher: Voucher, undo: RedemptionUndo, *, by: Actor, at: datetime) -> None:
    before = voucher.state
    if before not in (VoucherState.ISSUED, VoucherState.EXPIRED):
        raise ChangedSince
    voucher.state, voucher.closed_at = VoucherState.USED, None
    voucher.used_at, voucher.used_by = undo.used_at_before, undo.used_by_before
    voucher.save(update_fields=["state", "closed_at", "used_at", "used_by"])
    change = {"undo": undo.pk, "voucher": [before, VoucherState.USED.value]}
    audit.record(verb="voucher.used_again", by=by, at=at, business=voucher.business, obj=voucher, **change)


def _change(posting: Posting, before: str, after: str) -> dict[str, Any]:
    """Return what a posting and a voucher's new state changed, for the audit: before and after, with their unit."""
    entries = list(posting.entries.order_by("pk"))
    balance = [entries[0].balance_after - entries[0].amount, entries[-1].balance_after]
    return {"voucher": [str(before), str(after)], "unit": entries[0].unit_id, "balance": balance}
