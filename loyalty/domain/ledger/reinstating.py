"""Giving again what ran out."""

from datetime import date

from loyalty.domain import locks
from loyalty.domain.ledger.booking import AlreadyReinstated, Booking, CannotReinstate
from loyalty.domain.ledger.expiring import lapse
from loyalty.domain.ledger.page import Page
from loyalty.domain.ledger.sweep import close
from loyalty.models import EntryKind, Posting, PostingKind


@locks.atomic
def reinstate(booking: Booking, *, last_good_day: date) -> Posting:
    """Give again what an expiry (booking.reverses) took, as a new lot that is good through a day; debts are paid first.

    booking.account is the one on which it ran out, booking.reason must say why. Whether it is still time is for the
    caller to judge. Raises CannotReinstate for another kind of posting, AlreadyReinstated.
    """
    expired = booking.reverses
    if expired is None or expired.kind != PostingKind.EXPIRY:
        raise CannotReinstate
    page = Page(booking, [last_good_day])
    if page.known:
        return page.known
    if expired.reversals.filter(kind=PostingKind.REINSTATE).exists():
        raise AlreadyReinstated
    why = {"reason": booking.reason, "of": expired.pk}
    for entry in expired.entries.filter(kind=EntryKind.EXPIRE).select_related("unit").order_by("pk"):
        lapse(page, [entry.unit])
        given = page.write(entry.unit_id, EntryKind.REINSTATE, -entry.amount, why=why)
        page.settle(entry.unit_id, [page.open_lot(given, last_good_day)])
    return close(page)
