"""Vouchers that were paid with what an import of past sales awarded, and go with it when it is undone."""

from contextlib import suppress
from datetime import datetime

from loyalty.domain.actors import Actor
from loyalty.models import ImportBatch
from rewards.domain import redemptions
from rewards.queries.imported import vouchers_paid_with

AT_ONCE = 20


def cancel_some(batch: ImportBatch, by: Actor, at: datetime) -> int:
    """Cancel some unused vouchers that rest on an import, each by itself; return how many. Each locks its account."""
    some = list(vouchers_paid_with(batch, at)[:AT_ONCE])
    for voucher in some:
        voucher.business = voucher.redemption.business = batch.business
        voucher.redemption.account.business = batch.business
        # Used at this moment: it is no longer among those to cancel.
        with suppress(redemptions.UndoTooLate):
            redemptions.cancel(voucher=voucher, key=f"import:{batch.pk}:{voucher.pk}", by=by, at=at)
    return len(some)
