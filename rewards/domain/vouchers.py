"""The life of a voucher after it was issued: used once, or run out."""

from datetime import date, datetime

from django.db import transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.engine.days import local_day
from loyalty.models import Business
from rewards.domain import undoing
from rewards.domain.locks import lock_voucher
from rewards.domain.undoing import ReasonMissing
from rewards.models import Voucher, VoucherState


class VoucherNotGood(Exception):
    """The voucher cannot be used: it was used or cancelled before, or has run out. state says which."""

    def __init__(self, state: VoucherState) -> None:
        super().__init__(state.value)
        self.state = state


@transaction.atomic
def use(*, voucher: Voucher, by: Actor, at: datetime, key: str = "") -> Voucher:
    """Mark a voucher used, once. Locks it. Raises VoucherNotGood; it is good through its last good day.

    Asked again under the key of its last use it changes nothing, also when that use has been taken back meanwhile.
    """
    row = lock_voucher(voucher.pk)
    if key and row.used_key == key:
        return row
    state = row.state_on(local_day(at, row.business.time_zone))
    if state != VoucherState.ISSUED:
        raise VoucherNotGood(state)
    row.state, row.used_at, row.used_by, row.used_key = VoucherState.USED, at, by.staff, key
    row.save(update_fields=["state", "used_at", "used_by", "used_key"])
    audit.record(verb="voucher.used", by=by, at=at, business=row.business, obj=row)
    return row


class PutBackTooLate(Exception):
    """The minutes in which a voucher that was handed out by mistake becomes good again are over."""


@transaction.atomic
def put_back(*, voucher: Voucher, by: Actor, at: datetime, any_time: bool = False, reason: str = "") -> Voucher:
    """Make a voucher good again that was marked used by mistake, within the business's undo minutes.

    any_time: a manager's right, who then says why. A voucher that was not used stays as it is. Locks it. Raises
    PutBackTooLate, ReasonMissing, undoing.OwnAccount.
    """
    undoing.check_not_own(voucher.redemption.account, by)
    row = lock_voucher(voucher.pk)
    if row.state != VoucherState.USED or row.used_at is None:
        return row
    late = undoing.is_over(row.used_at, row.business, at)
    if late and not any_time:
        raise PutBackTooLate
    if late and not reason:
        raise ReasonMissing
    undo = undoing.note(
        redemption=row.redemption, voucher=row, gave_back=False, reason=reason if late else "", by=by, at=at
    )
    row.state, row.used_at, row.used_by = VoucherState.ISSUED, None, None
    row.save(update_fields=["state", "used_at", "used_by"])
    change = {"undo": undo.pk, "voucher": [VoucherState.USED.value, VoucherState.ISSUED.value]}
    audit.record(verb="voucher.put_back", by=by, at=at, business=row.business, obj=row, **change)
    return row


@transaction.atomic
def expire(*, business: Business, today: date, at: datetime) -> int:
    """Mark vouchers whose last good day is before today as expired; return how many. Safe to run again."""
    due = Voucher.objects.filter(business=business, state=VoucherState.ISSUED, last_good_day__lt=today)
    return due.update(state=VoucherState.EXPIRED, closed_at=at)
