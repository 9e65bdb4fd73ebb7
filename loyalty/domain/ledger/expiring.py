"""What runs out: lot by lot, by the job or because something is booked before the job has been there."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from loyalty.domain import locks
from loyalty.domain.actors import SYSTEM, Actor
from loyalty.domain.ledger.booking import Booking
from loyalty.domain.ledger.page import Page
from loyalty.engine.days import start_of_day
from loyalty.models import Account, EntryKind, Lot, Posting, PostingKind, Unit


@locks.atomic
def expire_lot(booking: Booking, lot: Lot) -> Posting | None:
    """Book what is left of a lot as expired; return None when nothing is left. Safe to run again."""
    locks.lock_account(booking.account)
    locked = locks.lock_lots([lot.pk])[lot.pk]
    if not locked.remaining:
        return None
    page = Page(booking, [lot.pk, locked.remaining])
    if page.known:
        return page.known
    page.expire({locked: locked.remaining})
    return page.close()


def expiry_booking(lot: Lot, *, account: Account, last_good_day: date, booked_at: datetime, by: Actor) -> Booking:
    """Return the head for expiring a lot: the same whenever, and however often, the job runs."""
    times = lot.uses.filter(entry__kind=EntryKind.EXPIRE).count()
    at = start_of_day(last_good_day + timedelta(days=1), account.business.time_zone)
    key = f"expire:{lot.pk}:{times}"
    return Booking(account=account, key=key, kind=PostingKind.EXPIRY, at=at, booked_at=booked_at, by=by)


def lapse(page: Page, units: Iterable[Unit]) -> None:
    """Book what ran out by inactivity as the job would have, before an award or a spending revives the account."""
    head = page.booking
    for unit in units:
        last_day = page.quiet_since(unit) if unit.may_go_quiet else None
        if last_day is None:
            continue
        for lot in (lot for lot in locks.lock_open_lots(page.account, unit.pk) if not lot.last_good_day):
            booking = expiry_booking(
                lot, account=head.account, last_good_day=last_day, booked_at=head.booked_at, by=SYSTEM
            )  # fmt: skip
            expire_lot(booking, lot)
        page.forget(unit)
