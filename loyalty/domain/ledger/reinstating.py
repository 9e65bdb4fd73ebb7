"""Giving again what ran out."""

from datetime import date

from loyalty.domain import locks
from loyalty.domain.ledger.booking import AlreadyReinstated, Booking, CannotReinstate
from loyalty.domain.ledger.expiring import lapse
from loyalty.domain.ledger.page import Page
from loyalty.domain.ledger.sweep import close
from loyalty.models import Entry, EntryKind, Posting, PostingKind


@locks.atomic
def reinstate(booking: Booking, *, last_good_day: date, change: int | None = None) -> Posting:
    """Give again what an expiry (booking.reverses) took, as a new lot that is good through a day; debts are paid first.

    With the id of a change of expiry it is what that change took, and that may have been in a refund or an undo: what
    those gave back had run out by then. booking.account is the one on which it ran out, booking.reason must say why.
    Whether it is still time is for the caller to judge. Raises CannotReinstate for a posting that took nothing so,
    AlreadyReinstated.
    """
    expired = booking.reverses
    lost = _lost(expired, change) if expired else []
    if expired is None or not lost:
        raise CannotReinstate
    page = Page(booking, [last_good_day])
    if page.known:
        return page.known
    if expired.reversals.filter(kind=PostingKind.REINSTATE).exists():
        raise AlreadyReinstated
    for entry in lost:
        lapse(page, [entry.unit])
        # Each lot follows from one that ran out: a refund may have let several run out.
        why = {"reason": booking.reason, "of": expired.pk, "entry": entry.pk}
        given = page.write(entry.unit_id, EntryKind.REINSTATE, -entry.amount, why=why)
        page.settle(entry.unit_id, [page.open_lot(given, last_good_day)])
    return close(page)


def _lost(posting: Posting, change: int | None) -> list[Entry]:
    entries = posting.entries.filter(kind=EntryKind.EXPIRE).select_related("unit").order_by("pk")
    if change is not None:
        return list(entries.filter(why__change=change))
    return list(entries) if posting.kind == PostingKind.EXPIRY else []
