"""Refunds in full, in part or by line, in any order and number: the ledger follows in proportion."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, When

from loyalty.domain import audit, ledger, locks
from loyalty.domain.actors import Actor
from loyalty.engine import refunds as engine
from loyalty.engine.days import CLOCKS_DIFFER
from loyalty.engine.refunds import EarnedPart, PastRefund, Refunded, SoldLine
from loyalty.models import Entry, EntryKind, Posting, PostingKind, Refund, Sale, SaleLine


class RefundError(Exception):
    """A refund that cannot be recorded; nothing was written."""


class RefundTooLarge(RefundError):
    """More would be given back than was paid."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left to refund")
        self.left = left


class TooManyBack(RefundError):
    """More of a line would come back than was sold of it and is not back yet, or nothing; left is in thousandths."""

    def __init__(self, line_id: int, left: int) -> None:
        super().__init__(f"{left} left of line {line_id}")
        self.line_id = line_id
        self.left = left


class BeforePurchase(RefundError):
    """The refund would have happened before its purchase, by more than clocks differ."""


class TooFarAhead(RefundError):
    """The refund would have happened later than now, by more than clocks differ."""


@dataclass(frozen=True, slots=True)
class Back:
    """What comes back of a sale: an amount (smallest parts), or thousandths of lines by their ids, or both.

    Without an amount it is what the lines are worth, by their price, but never more than is left of the sale.
    """

    amount: int | None = None
    lines: Mapping[int, int] = field(default_factory=dict)

    def is_told_by(self, refund: Refund) -> bool:
        """Return whether a recorded refund has this content."""
        return self.amount in (None, refund.amount) and _as_text(self.lines) == refund.lines


@locks.atomic
def refund(
    *,
    sale: Sale,
    key: str,
    by: Actor,
    at: datetime,
    happened_at: datetime,
    amount: int | None = None,
    lines: Mapping[int, int] | None = None,
    receipt: str = "",
) -> Refund:
    """Record that a part or all of a sale was given back: an amount, or so many thousandths of lines by their ids.

    What that sale earned is taken back by its original award, never by today's rules: of lines what they earned, of
    an amount its share; what was spent on the sale goes back. The same key again returns the first refund.
    Also of a purchase on an account that was closed since. Raises RefundTooLarge, TooManyBack, BeforePurchase,
    TooFarAhead, and ledger.KeyReused where the key came with other content before. Locks account and sale.
    """
    back = Back(amount, lines or {})
    row = locks.lock_sale(sale)
    known = Refund.objects.filter(business_id=row.business_id, key=key).first()
    if known:
        if known.sale_id != row.pk or not back.is_told_by(known):
            raise ledger.KeyReused(key)
        return known
    _check_moment(row, happened_at, at)
    returned = _check_lines(row, back)
    written = Refund.objects.create(
        business_id=row.business_id, sale=row, account=row.account, staff=by.staff, key=key, receipt=receipt,
        amount=_check_amount(row, back, returned), lines=_as_text(back.lines), at=happened_at, recorded_at=at,
    )  # fmt: skip
    for posting in reversible_postings([row.pk]):
        reverse_share(posting, row, written, by=by)
    for line in returned:
        line.returned_thousandths += back.lines[line.pk]
    SaleLine.objects.bulk_update(returned, ["returned_thousandths"])
    row.refunded += written.amount
    row.save(update_fields=["refunded"])
    audit.record(verb="sale.refunded", by=by, at=at, business=row.business, obj=row, amount=written.amount)
    return written


def _check_moment(sale: Sale, happened_at: datetime, at: datetime) -> None:
    if happened_at < sale.at - CLOCKS_DIFFER:
        raise BeforePurchase
    if happened_at > at + CLOCKS_DIFFER:
        raise TooFarAhead


def _check_lines(sale: Sale, back: Back) -> list[SaleLine]:
    """Return the lines that come back. Raises TooManyBack."""
    lines = {line.pk: line for line in sale.lines.filter(pk__in=back.lines).order_by("pk")}
    for line_id, thousandths in back.lines.items():
        line = lines.get(line_id)
        left = line.quantity_thousandths - line.returned_thousandths if line else 0
        if not 0 < thousandths <= left:
            raise TooManyBack(line_id, left)
    return list(lines.values())


def _check_amount(sale: Sale, back: Back, lines: Iterable[SaleLine]) -> int:
    """Return what is given back. Raises RefundTooLarge."""
    left = 0 if sale.undone_at else sale.total - sale.refunded
    amount = back.amount
    if amount is None:
        worth = sum(_sold(line).worth(back.lines[line.pk]) for line in lines)
        amount = min(worth, left) if left else worth
    if sale.undone_at or amount > left:
        raise RefundTooLarge(left)
    return amount


def _sold(line: SaleLine) -> SoldLine:
    return SoldLine(line.amount, line.quantity_thousandths, line.returned_thousandths)


def _as_text(lines: Mapping[int, int]) -> dict[str, int]:
    """Return lines as a refund keeps them."""
    return {str(pk): thousandths for pk, thousandths in sorted(lines.items())}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refund would give back in money, and the entries it would write, with their units; none are stored."""

    amount: int
    entries: tuple[Entry, ...]


def preview(*, sale: Sale, back: Back, by: Actor, at: datetime) -> Outcome:
    """Return what a refund would do, without leaving a trace: it is booked and taken back at once.

    So it cannot differ from what will be booked. Raises what refund() raises.
    """
    with transaction.atomic():
        written = refund(
            sale=sale, amount=back.amount, lines=back.lines, key=f"preview:{sale.pk}", by=by, at=at, happened_at=at
        )
        entries = Entry.objects.filter(posting__refund=written).select_related("unit").order_by("pk")
        outcome = Outcome(written.amount, tuple(entries))
        transaction.set_rollback(True)
    return outcome


def reversible_postings(sale_ids: Collection[int]) -> QuerySet[Posting]:
    """Return what was spent on sales and earned with them, where they belong now, in the order of reversing.

    What was moved away is left out. What was spent goes back before what was earned is taken back, or that would be
    owed or forgiven for want of it.
    """
    moved = Posting.objects.filter(reverses=OuterRef("pk"), kind=PostingKind.MOVE)
    spent_first = Case(When(kind=PostingKind.REDEMPTION, then=0), default=1)
    found = Posting.objects.filter(~Exists(moved), sale__in=sale_ids, kind__in=ledger.UNDOABLE)
    return found.order_by(spent_first, "pk")


def standing_awards(sale_ids: Collection[int]) -> QuerySet[Posting]:
    """Return what was earned with sales, where they belong now."""
    return reversible_postings(sale_ids).filter(kind__in=(PostingKind.PURCHASE, PostingKind.VISIT))


def reverse_share(
    posting: Posting, sale: Sale, written: Refund, *, by: Actor, booked_at: datetime | None = None
) -> None:
    """Reverse a refund's share of what was earned with its sale or spent on it; sale.refunded is from before it.

    booked_at is when that reaches the books, if not with the refund itself.
    """
    before = ledger.reversed_so_far(posting)
    so_far = _SoFar(sale, written)
    shares = {
        entry.unit_id: _share(entry, before.get(entry.unit_id, 0), so_far)
        for entry in posting.entries.filter(kind__in=(EntryKind.AWARD, EntryKind.SPEND))
    }
    booking = ledger.Booking(
        account=posting.account, key=f"refund:{written.pk}:{posting.pk}", kind=PostingKind.REFUND, at=written.at,
        booked_at=booked_at or written.recorded_at, by=by, sale=sale, refund=written, reverses=posting,
    )  # fmt: skip
    if any(shares.values()):
        ledger.reverse(booking, shares)


def _share(entry: Entry, before: int, so_far: "_SoFar") -> int:
    """Return how much of an entry the refund reverses, by the entry's own explanation."""
    sale, amount = so_far.sale, so_far.written.amount
    if entry.kind == EntryKind.SPEND:
        return engine.take_back(-entry.amount, before, sale.total, sale.refunded, amount)
    parts = engine.parts_from(entry.why)
    return engine.take_back_parts(parts, taken_before=before, sale_total=sale.total, refunded=so_far.refunded(parts))


@dataclass(frozen=True)
class _SoFar:
    """All that was refunded of a sale up to and with a refund; by line only where lines earned differently."""

    sale: Sale
    written: Refund

    def refunded(self, parts: Sequence[EarnedPart]) -> Refunded:
        by_line = self._by_line if any(part.lines for part in parts) else {}
        return Refunded(self.sale.refunded + self.written.amount, by_line)

    @cached_property
    def _by_line(self) -> Mapping[int | None, int]:
        """Two queries."""
        rows = list(self.sale.lines.order_by("pk"))
        index = {str(line.pk): number for number, line in enumerate(rows)}
        found = self.sale.refunds.filter(undone_at=None, pk__lte=self.written.pk).order_by("pk")
        past = [PastRefund(each.amount, {index[pk]: back for pk, back in each.lines.items()}) for each in found]
        return engine.refunded_of([SoldLine(line.amount, line.quantity_thousandths) for line in rows], past).by_line
