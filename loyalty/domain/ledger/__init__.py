"""The ledger: the only place that writes postings, entries, lots and lot uses.

Every verb locks the account, then looks for the key, then checks, then writes, in one transaction.
The same key again returns the first posting; the same key with other content raises KeyReused.
Anything new on a closed account raises AccountClosed; what was booked there may be put right (Booking.goes_back).
What a verb leaves on a merged account goes on to the one it was merged into, in the same transaction.
Amounts are whole numbers of the unit's smallest part. docs/ledger.md shows the tables by example.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from loyalty.domain import locks
from loyalty.domain.ledger.booking import (
    AccountClosed,
    AlreadyReinstated,
    AlreadyUndone,
    AwardLine,
    Booking,
    CannotReinstate,
    CannotUndo,
    KeyReused,
    LedgerError,
    NotEnough,
    NotOwed,
    PlainLine,
    check_open,
)
from loyalty.domain.ledger.bulk import PlainAward, award_locked, award_many
from loyalty.domain.ledger.bulk_undo import Untouched, undo_untouched, untouched
from loyalty.domain.ledger.debts import forgive
from loyalty.domain.ledger.expiring import expire_lot, expiry_booking, lapse
from loyalty.domain.ledger.expiring_many import Ending, expire_many
from loyalty.domain.ledger.page import Page, inactive_after, quiet_end, reversed_so_far
from loyalty.domain.ledger.reinstating import reinstate
from loyalty.domain.ledger.sweep import bring_back, bring_over, close
from loyalty.models import EntryKind, Posting, PostingKind, Unit

__all__ = [
    "UNDOABLE", "AccountClosed", "AlreadyReinstated", "AlreadyUndone", "AwardLine", "Booking", "CannotReinstate",
    "CannotUndo", "Ending", "KeyReused", "LedgerError", "NotEnough", "NotOwed", "PlainAward", "PlainLine", "Untouched",
    "adjust", "award", "award_locked", "award_many", "bring_back", "bring_over", "check_open", "expire_lot",
    "expire_many", "expiry_booking", "forgive", "inactive_after", "quiet_end", "reinstate", "reverse",
    "reversed_so_far", "spend", "undo_untouched", "untouched",
]  # fmt: skip

UNDOABLE = (PostingKind.PURCHASE, PostingKind.VISIT, PostingKind.REDEMPTION, PostingKind.GIFT)


@locks.atomic
def award(booking: Booking, lines: Sequence[AwardLine]) -> Posting:
    """Book awards: each opens a lot; what is owed in the unit is paid from it first, also while it is held."""
    page = Page(booking, [line.content for line in lines])
    if page.known:
        return page.known
    lapse(page, [line.unit for line in lines])
    for line in lines:
        entry = page.write(line.unit.pk, EntryKind.AWARD, line.amount, why=line.why)
        lot = page.open_lot(entry, line.last_good_day, first_good_day=line.first_good_day)
        page.settle(line.unit.pk, [lot])
    return close(page)


@locks.atomic
def spend(booking: Booking, *, unit: Unit, amount: int, why: Mapping[str, Any]) -> Posting:
    """Book a spending from the lots that expire first.

    Raises NotEnough when the lots that are good on the day of booking.at do not cover the amount; what is held until
    later is not among them.
    """
    page = Page(booking, [unit.pk, amount])
    if page.known:
        return page.known
    page.units[unit.pk] = unit
    lapse(page, [unit])
    takes = page.plan(unit.pk, amount)
    page.use(page.write(unit.pk, EntryKind.SPEND, -amount, why=why), takes)
    return close(page)


@locks.atomic
def reverse(booking: Booking, shares: Mapping[int, int] | None = None) -> Posting:
    """Reverse a posting (booking.reverses), whole or, per unit id, the given shares of it.

    What was spent goes back to its own lots with their own dates; what was awarded is taken back, first
    from its own lot, then from others, held or not, and what the balance does not cover is owed, or forgiven
    where that is the business's way. Never more than was awarded or spent, over all reversals; what expired
    unused is not taken back again.
    Raises AlreadyUndone for what was undone or moved away, CannotUndo for a kind that is never reversed.
    """
    original = booking.reverses
    if original is None or original.kind not in UNDOABLE:
        raise CannotUndo
    page = Page(booking, sorted((shares or {}).items()))
    if page.known:
        return page.known
    if original.reversals.filter(kind__in=(PostingKind.UNDO, PostingKind.MOVE)).exists():
        raise AlreadyUndone
    entries = list(original.entries.select_related("lot", "unit").order_by("pk"))
    page.units = {entry.unit_id: entry.unit for entry in entries}
    for entry in entries:
        if entry.kind == EntryKind.SPEND:
            page.give_back(entry, shares)
    for entry in entries:
        if entry.kind == EntryKind.AWARD:
            page.take_back(entry, shares)
    return close(page)


@locks.atomic
def adjust(
    booking: Booking,
    *,
    unit: Unit,
    amount: int,
    last_good_day: date | None = None,
    first_good_day: date | None = None,
) -> Posting:
    """Add to an account (opening a lot) or, with a negative amount, remove from it.

    booking.reason must say why. Raises NotEnough when there is less to remove.
    """
    page = Page(booking, AwardLine(unit, amount, last_good_day, first_good_day=first_good_day).content)
    if page.known:
        return page.known
    why = {"reason": booking.reason}
    if amount > 0:
        lapse(page, [unit])
        entry = page.write(unit.pk, EntryKind.ADD, amount, why=why)
        lot = page.open_lot(entry, last_good_day, first_good_day=first_good_day)
        page.settle(unit.pk, [lot])
    else:
        takes = page.plan(unit.pk, -amount)
        page.use(page.write(unit.pk, EntryKind.REMOVE, amount, why=why), takes)
    return close(page)
