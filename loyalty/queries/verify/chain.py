"""Invariants of the chain: every posting is in it as it was booked, and the seals are its heads."""

from collections.abc import Iterator
from datetime import timedelta

from loyalty.engine.chain import START, digest
from loyalty.models import ChainLink, Posting
from loyalty.queries.chain import booked
from loyalty.queries.verify.rows import CHUNK, Scope

LATE = timedelta(hours=1)


def altered(scope: Scope) -> Iterator[str]:
    """Each link is the digest of what its posting books today and of the link before it.

    The first posting that differs comes first. Those after it are judged by the links as they stand, so that one row
    that was changed is one fault.
    """
    chained = ChainLink.objects.filter(**_of(scope)).order_by("business").values_list("business", flat=True)
    for business_id in chained.distinct():
        yield from _altered(business_id)


def _altered(business_id: int) -> Iterator[str]:
    links = ChainLink.objects.filter(business=business_id).order_by("number")
    number, head = 0, START
    while chunk := list(links.filter(number__gt=number).values_list("number", "posting", "digest")[:CHUNK]):
        rows = booked(link__business=business_id, link__number__range=(chunk[0][0], chunk[-1][0]))
        for number, posting_id, stored in chunk:
            row = rows.get(posting_id)
            if row is None or row.business != business_id or digest(head, row) != stored:
                yield f"posting {posting_id} (link {number})"
            head = stored


def gaps(scope: Scope) -> Iterator[str]:
    """Links of a business are numbered 1, 2, 3 … without a gap."""
    sql = """
        SELECT c.business_id FROM loyalty_chainlink c WHERE {of c}
        GROUP BY c.business_id HAVING MIN(c.number) <> 1 OR MAX(c.number) <> COUNT(*)"""
    return (f"business {row[0]}" for row in scope.ask(sql))


def late(scope: Scope) -> Iterator[str]:
    """A posting that was booked more than an hour ago has its link."""
    if scope.at is None:
        return
    rows = Posting.objects.filter(**_of(scope), link=None, booked_at__lt=scope.at - LATE).order_by("pk")
    for posting_id in rows.values_list("pk", flat=True).iterator(CHUNK):
        yield f"posting {posting_id}"


def broken_seals(scope: Scope) -> Iterator[str]:
    """The link of a seal's number is there and has its digest."""
    sql = """
        SELECT s.id FROM loyalty_seal s
        LEFT JOIN loyalty_chainlink c ON c.business_id = s.business_id AND c.number = s.number
        WHERE {of s} AND (c.posting_id IS NULL OR c.digest <> s.digest)"""
    return (f"seal {row[0]}" for row in scope.ask(sql))


def _of(scope: Scope) -> dict[str, int]:
    return {"business": scope.business_id} if scope.business_id else {}
