"""Taking back all that an import has booked: its sales, what they earned, and its returns of other purchases."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat

from loyalty import undo_offers
from loyalty.domain import audit, ledger, locks, refunds, sales
from loyalty.domain.actors import Actor
from loyalty.models import Account, BatchState, EntryKind, ImportBatch, Posting, PostingKind, Refund, Sale, SaleLine

ROWS_AT_ONCE = 500
CAREFUL_AT_ONCE = 50
"""Sales, and refunds, in one transaction. Awards that were touched since are undone one by one: fewer of them."""
REASON = "import undone"


def undo_next(batch: ImportBatch, *, by: Actor, at: datetime) -> bool:
    """Take one piece of a batch back: vouchers that are to go, then sales, the latest first, then refunds.

    Return whether more is to be done.
    """
    if batch.cancels_vouchers and undo_offers.cancel_some(batch, by=by, at=at):
        return _move(batch, 0, at)
    return _undo_sales(batch, by=by, at=at) or _undo_refunds(batch, by=by, at=at) or _finish(batch, by=by, at=at)


@locks.atomic
def _undo_sales(batch: ImportBatch, *, by: Actor, at: datetime) -> bool:
    rows = list(Sale.objects.filter(batch=batch, undone_at=None).order_by("-pk")[:ROWS_AT_ONCE])
    if not rows or not _move(batch, len(rows), at):
        return False
    locked = locks.lock_trails(Account.objects.filter(sales__in=rows))
    for account in locked.values():
        account.business = batch.business
    standing = list(refunds.standing_awards([row.pk for row in rows]).select_related("sale").order_by("-pk"))
    _undo_awards(standing, locked, batch, by=by, at=at)
    _set_undone(Sale.objects.filter(pk__in=[row.pk for row in rows]), at)
    return True


def _undo_awards(
    standing: Sequence[Posting], locked: Mapping[int, Account], batch: ImportBatch, *, by: Actor, at: datetime
) -> None:
    """Take back what is left of awards: at once on accounts of which none was touched since, else one by one."""
    whole = ledger.untouched(standing, batch.business, at)
    careful = {posting.account_id for posting in standing if posting.pk not in whole}
    careful |= {pk for pk, account in locked.items() if account.merged_into_id}
    plain = [posting for posting in standing if posting.account_id not in careful]
    undone = ledger.undo_untouched([whole[posting.pk] for posting in plain], by=by, at=at)
    sales.free_limits(undone)
    for posting in standing:
        if posting.account_id in careful:
            posting.account = locked[posting.account_id]
            sales.undo_posting(posting, key=f"undo:{posting.pk}", by=by, at=at)


def _set_undone[M: (Sale, Refund)](rows: QuerySet[M], at: datetime) -> None:
    """Mark rows and free their keys: the same file may be imported again."""
    rows.update(undone_at=at, key=Concat(Value("undone:"), Cast("pk", CharField())))


def _move(batch: ImportBatch, count: int, at: datetime) -> bool:
    """Count what is being undone, unless another worker has since."""
    where = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.UNDOING, position=batch.position)
    return bool(where.update(position=F("position") + count, heartbeat_at=at))


@locks.atomic
def _undo_refunds(batch: ImportBatch, *, by: Actor, at: datetime) -> bool:
    standing = Refund.objects.filter(batch=batch, undone_at=None)
    rows = list(standing.select_related("sale").order_by("-pk")[:CAREFUL_AT_ONCE])
    if not rows or not _move(batch, 0, at):
        return False
    locks.lock_trails(Account.objects.filter(refunds__in=rows))
    for row in rows:
        # Of a purchase that is itself undone there is nothing to restore: undoing it took all that was left.
        if row.sale and row.sale.undone_at is None:
            _restore(row, batch, by=by, at=at)
    _set_undone(Refund.objects.filter(pk__in=[row.pk for row in rows]), at)
    return True


def _restore(refund: Refund, batch: ImportBatch, *, by: Actor, at: datetime) -> None:
    """Add again what a refund took back of a purchase that stays, good from and until when it was."""
    assert refund.sale is not None
    Sale.objects.filter(pk=refund.sale.pk).update(refunded=F("refunded") - refund.amount)
    for line, quantity in refund.lines.items():
        SaleLine.objects.filter(pk=int(line)).update(returned_thousandths=F("returned_thousandths") - quantity)
    standing = refunds.reversible_postings([refund.sale.pk])
    for posting in refund.postings.filter(reverses__in=standing).select_related("account", "reverses"):
        posting.account.business = batch.business
        _add_again(posting, refund, by=by, at=at)


def _add_again(posting: Posting, refund: Refund, *, by: Actor, at: datetime) -> None:
    assert posting.reverses is not None
    awards = posting.reverses.entries.filter(kind=EntryKind.AWARD).select_related("lot")
    lots = {entry.unit_id: entry.lot for entry in awards}
    for entry in posting.entries.filter(kind=EntryKind.TAKE_BACK).select_related("unit"):
        booking = ledger.Booking(
            account=posting.account, key=f"restore:{entry.pk}", kind=PostingKind.ADJUSTMENT, at=at, booked_at=at,
            by=by, refund=refund, reason=REASON,
        )  # fmt: skip
        amount = entry.owed_change - entry.amount
        lot = lots[entry.unit_id]
        ledger.adjust(
            booking, unit=entry.unit, amount=amount, last_good_day=lot.last_good_day, first_good_day=lot.first_good_day
        )


@transaction.atomic
def _finish(batch: ImportBatch, *, by: Actor, at: datetime) -> bool:
    done = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.UNDOING, position=batch.position)
    left = Sale.objects.filter(batch=batch, undone_at=None).exists()
    if not left and done.update(state=BatchState.UNDONE, finished_at=at):
        audit.record(verb="import.undone", by=by, at=at, business=batch.business, obj=batch, sales=batch.position)
    return False
