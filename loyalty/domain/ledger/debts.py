"""Forgiving what an account owes."""

from loyalty.domain import locks
from loyalty.domain.ledger.booking import Booking, NotOwed
from loyalty.domain.ledger.page import Page
from loyalty.domain.ledger.sweep import close
from loyalty.models import EntryKind, Posting, Unit


@locks.atomic
def forgive(booking: Booking, *, unit: Unit, amount: int | None = None) -> Posting:
    """Forgive so much of what the account owes of a unit, or all of it. The balance stays as it is.

    booking.reason must say why. Raises NotOwed where less is owed, or nothing.
    """
    page = Page(booking, [unit.pk, amount])
    if page.known:
        return page.known
    owed = page.balance(unit.pk).owed
    asked = owed if amount is None else amount
    if not 0 < asked <= owed:
        raise NotOwed(owed=owed, asked=asked)
    page.write(unit.pk, EntryKind.FORGIVE, 0, owed_change=-asked, why={"reason": booking.reason})
    return close(page)
