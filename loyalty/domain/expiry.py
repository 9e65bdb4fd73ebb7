"""Letting lots expire, each once, for exactly what was left, however often the job runs; and giving them again."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from loyalty.domain import audit, ledger, locks
from loyalty.domain.actors import SYSTEM, Actor
from loyalty.engine.days import local_day
from loyalty.engine.lots import ExpiryKind
from loyalty.models import Account, Balance, Business, Lot, Posting, PostingKind, Unit
from loyalty.queries.reinstating import reinstatable_through

INACTIVITY = (ExpiryKind.INACTIVITY_DAYS, ExpiryKind.INACTIVITY_MONTHS)
CHUNK = 500


def expire_due(*, business: Business, at: datetime) -> int:
    """Book every lot of the business whose last good day is before today there; return how many expired.

    Each lot is its own short transaction, so the job can be killed and run again, or run twice at once.
    """
    today = local_day(at, business.time_zone)
    dated = Lot.objects.filter(business=business, remaining__gt=0, last_good_day__lt=today)
    expired = sum(_expire(lot, lot.last_good_day, at) for lot in _chunks(dated) if lot.last_good_day)
    for unit in Unit.objects.filter(business=business, expiry__in=INACTIVITY):
        quiet = Account.objects.filter(balances__unit=unit, balances__amount__gt=0).select_related("business")
        expired += sum(_expire_if_quiet(account, unit, today, at) for account in quiet.iterator(CHUNK))
    return expired


class ExpiryError(Exception):
    """Something that ran out and is not given again; nothing was written."""


class TooLate(ExpiryError):
    """The days in which it could be given again are over; through says when the last of them was."""

    def __init__(self, through: date) -> None:
        super().__init__(f"until {through}")
        self.through = through


class DayPassed(ExpiryError):
    """What is given again would be over already."""


@locks.atomic
def reinstate(*, expired: Posting, last_good_day: date, reason: str, key: str, by: Actor, at: datetime) -> Posting:
    """Give a member again what an expiry took, good through a day; the reason is the member's to read.

    Within the business's days after it ran out, and once. The same key again changes nothing. Raises TooLate,
    DayPassed, ledger.CannotReinstate, AlreadyReinstated, AccountClosed, KeyReused. Locks the account.
    """
    account, business = expired.account, expired.account.business
    locks.lock_account(account)
    known = Posting.objects.filter(business=business, key=key).exists()
    today, through = local_day(at, business.time_zone), reinstatable_through(expired, business)
    if not known and today > through:
        raise TooLate(through)
    if not known and last_good_day < today:
        raise DayPassed
    booking = ledger.Booking(
        account=account, key=key, kind=PostingKind.REINSTATE, at=at, booked_at=at, by=by, reverses=expired,
        reason=reason,
    )  # fmt: skip
    posting = ledger.reinstate(booking, last_good_day=last_good_day)
    if not known:
        audit.record(verb="expiry.reinstated", by=by, at=at, business=business, obj=posting, of=expired.pk)
    return posting


def _expire(lot: Lot, last_day: date, at: datetime) -> bool:
    booking = ledger.expiry_booking(lot, account=lot.account, last_good_day=last_day, booked_at=at, by=SYSTEM)
    return ledger.expire_lot(booking, lot) is not None


@transaction.atomic
def _expire_if_quiet(account: Account, unit: Unit, today: date, at: datetime) -> int:
    """Expire what an account holds without a day of its own, if it has been quiet too long; judged under its lock."""
    locks.lock_account(account)
    balance = Balance.objects.filter(account=account, unit=unit).first()
    last_day = ledger.inactive_after(unit, balance, account.business.time_zone) if balance else None
    if last_day is None or last_day >= today:
        return 0
    undated = Lot.objects.filter(account=account, unit=unit, remaining__gt=0, last_good_day=None)
    lots = undated.select_related("account__business").order_by("pk")
    return sum(_expire(lot, last_day, at) for lot in lots)


def _chunks(lots: QuerySet[Lot]) -> Iterator[Lot]:
    """Yield lots by primary key, a few hundred at a time: the job holds no long read."""
    after = 0
    while True:
        chunk = list(lots.filter(pk__gt=after).select_related("account__business").order_by("pk")[:CHUNK])
        yield from chunk
        if len(chunk) < CHUNK:
            return
        after = chunk[-1].pk
