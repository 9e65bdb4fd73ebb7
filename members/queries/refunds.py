"""Refunds as the till shows them: what may still come back of a sale, what a refund does or did, in words."""

from dataclasses import dataclass

from loyalty.domain.refunds import Outcome
from loyalty.models import Entry, PostingKind, Refund, Sale, SaleLine
from loyalty.queries.ledger import changes_in_words


@dataclass(frozen=True, slots=True)
class RefundShown:
    """What a refund gives back in money (smallest parts), and what it changes in each unit, in words.

    refund is the booked one; a refund that is only looked at beforehand has none.
    """

    amount: int
    changes: list[str]
    refund: Refund | None = None


def shown_refund(outcome: Outcome) -> RefundShown:
    """Return what a refund would do."""
    return RefundShown(outcome.amount, changes_in_words(outcome.entries))


def refunds_of(sale: Sale) -> list[RefundShown]:
    """Return the refunds of a sale, the oldest first, with what each did where the sale is now. Two queries."""
    refunds = list(sale.refunds.select_related("staff").order_by("at", "pk"))
    entries: dict[int | None, list[Entry]] = {}
    rows = Entry.objects.filter(posting__refund__in=refunds).exclude(
        posting__reverses__reversals__kind=PostingKind.MOVE
    )
    for entry in rows.select_related("unit", "posting").order_by("pk"):
        entries.setdefault(entry.posting.refund_id, []).append(entry)
    return [RefundShown(each.amount, changes_in_words(entries.get(each.pk, [])), each) for each in refunds]


def lines_of(sale: Sale) -> list[SaleLine]:
    """Return the lines of a sale, those that came back already too. One query."""
    return list(sale.lines.order_by("pk"))
