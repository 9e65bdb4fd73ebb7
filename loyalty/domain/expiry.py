"""Letting lots expire, each once, for exactly what was left, however often the job runs; and giving them again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import batched

from loyalty.domain import audit, ledger, locks
from loyalty.domain.actors import SYSTEM, Actor
from loyalty.domain.ledger import Ending
from loyalty.engine.days import local_day
from loyalty.engine.policies import QuietEnd
from loyalty.models import Balance, Business, Lot, Posting, PostingKind, Unit
from loyalty.queries.reinstating import reinstatable_through

LOTS_AT_ONCE = 250
"""Lots in one transaction: few, so that a till never waits long for a customer's card, or on SQLite for its turn."""

BALANCES_AT_ONCE = 2_000


def expire_due(*, business: Business, at: datetime, between: Callable[[], object] = int) -> int:
    """Book every lot of the business whose last good day is before today there; return how many expired.

    Some hundred lots at a time, each piece a short transaction, so that no till waits long, and the job can be killed
    and run again, or run twice at once. between is called after each piece.
    """
    today = local_day(at, business.time_zone)
    expired = 0
    for piece in _dated(business, today):
        expired += ledger.expire_many(piece, business=business, booked_at=at, by=SYSTEM)
        between()
    for unit in (unit for unit in Unit.objects.filter(business=business).order_by("pk") if unit.may_go_quiet):
        for piece in _quiet(business, unit, today):
            expired += _expire_quiet(piece, business, unit, today, at)
            between()
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


def _dated(business: Business, today: date) -> Iterator[Sequence[Ending]]:
    """Yield what a day of its own has ended before today, in the order of the lots, a piece at a time."""
    due = Lot.objects.filter(business=business, remaining__gt=0, last_good_day__lt=today).order_by("pk")
    after = 0
    while piece := list(due.filter(pk__gt=after).values_list("pk", "account_id", "last_good_day")[:LOTS_AT_ONCE]):
        yield [Ending(lot, account, day) for lot, account, day in piece if day]
        after = piece[-1][0]


def _quiet(business: Business, unit: Unit, today: date) -> Iterator[Sequence[Ending]]:
    """Yield what inactivity seems to have ended before today, in the order of the accounts, a piece at a time."""
    held = Balance.objects.filter(unit=unit, amount__gt=0).order_by("account")
    after = 0
    while balances := list(held.filter(account__gt=after)[:BALANCES_AT_ONCE]):
        days = _days_of(balances, business, unit, today)
        lots = Lot.objects.filter(account_id__among=days, unit=unit, remaining__gt=0, last_good_day=None)
        for some in batched(lots.order_by("account", "pk").values_list("pk", "account_id"), LOTS_AT_ONCE):
            yield [_ending(lot, account, days) for lot, account in some]
        after = balances[-1].account_id


def _days_of(balances: Iterable[Balance], business: Business, unit: Unit, today: date) -> dict[int, QuietEnd]:
    """Return the end by inactivity of the accounts that have been quiet too long, by id."""
    steps = unit.steps
    ends = {each.account_id: ledger.quiet_end(steps, each, business.time_zone) for each in balances}
    return {account: end for account, end in ends.items() if end.last_good_day and end.last_good_day < today}


def _ending(lot_id: int, account_id: int, ends: Mapping[int, QuietEnd]) -> Ending:
    end = ends[account_id]
    return Ending(lot_id, account_id, end.last_good_day or date.max, end.change)


@locks.atomic
def _expire_quiet(piece: Sequence[Ending], business: Business, unit: Unit, today: date, at: datetime) -> int:
    """Expire what accounts hold without a day of its own, where they are still quiet once they are locked."""
    accounts = {ending.account_id for ending in piece}
    locks.lock_many_accounts(accounts)
    days = _days_of(Balance.objects.filter(unit=unit, account_id__among=accounts), business, unit, today)
    due = [_ending(each.lot_id, each.account_id, days) for each in piece if each.account_id in days]
    return ledger.expire_many(due, business=business, booked_at=at, by=SYSTEM)
