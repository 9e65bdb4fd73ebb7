"""Which vouchers rest on an import of past sales."""

from datetime import datetime

from django.db.models import Q, QuerySet

from loyalty.engine.days import local_day
from loyalty.models import EntryKind, ImportBatch, LotUse
from rewards.models import Voucher, VoucherState


def vouchers_paid_with(batch: ImportBatch, at: datetime) -> QuerySet[Voucher]:
    """Return the vouchers, ready to use, that were paid at least in part from lots that an import awarded.

    A lot that went to another card by a merge counts as the one it came from.
    """
    of_batch = (
        Q(lot__entry__posting__sale__batch=batch)
        | Q(lot__moved_from__entry__posting__sale__batch=batch)
        | Q(lot__moved_from__moved_from__entry__posting__sale__batch=batch)
    )
    paid = LotUse.objects.filter(of_batch, entry__kind=EntryKind.SPEND).values("entry__posting")
    today = local_day(at, batch.business.time_zone)
    good = Q(last_good_day=None) | Q(last_good_day__gte=today)
    ready = Voucher.objects.filter(good, business=batch.business, state=VoucherState.ISSUED)
    rows = ready.filter(redemption__undone_at=None, redemption__posting__in=paid)
    return rows.select_related("redemption__account", "redemption__posting").order_by("pk")


def count_vouchers(batch: ImportBatch, at: datetime) -> int:
    """Return how many there are."""
    return vouchers_paid_with(batch, at).count()
