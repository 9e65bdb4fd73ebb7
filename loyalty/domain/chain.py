"""Lengthening the chain over the postings of each business, and sealing its head once a day.

Links follow the books by a minute instead of being written with each booking: tills of one business would otherwise
queue behind the chain's head (docs/adr/0019-the-chain-follows-the-books.md).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from loyalty.domain import locks
from loyalty.engine import chain
from loyalty.engine.days import local_day
from loyalty.models import Business, ChainLink, Seal
from loyalty.queries.chain import booked, head_of, unlinked

BATCH = 2000
"""Postings that are linked in one transaction."""

LOOK_BACK = 20_000
"""How far below the last linked posting a booking may still be under way that drew its number before it."""


def extend(*, at_most: int | None = None, everything: bool = False) -> int:
    """Link the postings that have no link yet, each business's to its own chain; return how many.

    Looks for them a little below the last that was linked, or with everything through all postings. Each batch is its
    own transaction under the chain's lock: the job may be killed, run twice, or by two workers at once.
    """
    linked, after = 0, 0 if everything else _floor()
    while at_most is None or linked < at_most:
        found = unlinked(after=after, size=BATCH)
        if not found:
            break
        by_business: dict[int, list[int]] = defaultdict(list)
        for posting_id, business_id in found:
            by_business[business_id].append(posting_id)
        linked += sum(_append(business_id, ids) for business_id, ids in by_business.items())
        after = found[-1][0]
    return linked


def _floor() -> int:
    last: int | None = ChainLink.objects.aggregate(last=Max("posting"))["last"]
    return max((last or 0) - LOOK_BACK, 0)


def _append(business_id: int, posting_ids: Sequence[int]) -> int:
    # Written rows never change, so they are read before the lock is taken and not while others wait for it.
    rows = booked(business=business_id, pk__range=(posting_ids[0], posting_ids[-1]))
    with transaction.atomic():
        locks.lock_chain(business_id)
        linked = set(ChainLink.objects.filter(posting__in=posting_ids).values_list("posting", flat=True))
        head = head_of(business_id)
        number, digest = (head.number, head.digest) if head else (0, chain.START)
        links = []
        for posting_id in posting_ids:
            if posting_id not in linked:
                number, digest = number + 1, chain.digest(digest, rows[posting_id])
                links.append(ChainLink(posting_id=posting_id, business_id=business_id, number=number, digest=digest))
        ChainLink.objects.bulk_create(links)
    return len(links)


@transaction.atomic
def seal(*, business: Business, at: datetime) -> Seal | None:
    """Keep the head of a business's chain as the seal of yesterday, by its calendar; None while there is no link.

    A day that is sealed keeps its seal. Locks the chain.
    """
    day = local_day(at, business.time_zone) - timedelta(days=1)
    locks.lock_chain(business.pk)
    known = Seal.objects.filter(business=business, day=day).first()
    head = head_of(business.pk)
    if known or head is None:
        return known
    return Seal.objects.create(business=business, day=day, number=head.number, digest=head.digest, sealed_at=at)
