"""What staff add to an account or remove from it by hand: at once up to the unit's limit, above it by two persons."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Final

from django.db import IntegrityError, transaction

from loyalty.domain import audit, ledger, locks
from loyalty.domain.actors import Actor
from loyalty.engine.days import local_day
from loyalty.models import Account, Adjustment, AdjustmentState, Business, PostingKind, Role, StaffRole, Unit
from loyalty.queries.accounts import known_as
from loyalty.queries.adjustments import day_by_rule, needs_second_person


class Lasting(Enum):
    """How long what is added is good, where no day is named."""

    BY_RULE = "as long as the unit's rule says of what is earned on the day"


BY_RULE: Final = Lasting.BY_RULE

type LastGoodDay = date | Lasting | None
"""Through which day what is added is good: None is for ever."""


class AdjustmentError(Exception):
    """An adjustment that is not made; nothing was written."""


class NotStaff(AdjustmentError):
    """Only owners and managers adjust: each adjustment names one of them."""


class DayOver(AdjustmentError):
    """What is added would have run out already."""


class SamePerson(AdjustmentError):
    """Who asked for an adjustment does not decide on it: another one does."""


class NotYours(AdjustmentError):
    """Only who asked for an adjustment withdraws it."""


class AlreadyDecided(AdjustmentError):
    """It was booked, refused or withdrawn before."""


@locks.atomic
def ask(
    *, account: Account, unit: Unit, amount: int, reason: str, last_good_day: LastGoodDay = BY_RULE, key: str,
    by: Actor, at: datetime,
) -> Adjustment:  # fmt: skip
    """Add so much of a unit (smallest parts) or, with a negative amount, remove it: at once, or once another agrees.

    What is added is good through last_good_day: by default as long as what is earned on the day it is asked for. On a
    merged account it is booked on the one that it leads to. The same key again returns the first adjustment. Locks the
    account.
    Raises NotStaff, DayOver, ledger.NotEnough, ledger.AccountClosed, ledger.KeyReused.
    """
    staff = _manager(by)
    account = locks.lock_current(account)
    known = Adjustment.objects.filter(business_id=account.business_id, key=key).first()
    if known:
        told = (known.unit_id, known.amount, known.last_good_day, known.reason)
        day = _day(account.business, unit, amount, last_good_day, known.asked_at)
        if known.account_id not in known_as(account) or told != (unit.pk, amount, day, reason):
            raise ledger.KeyReused(key)
        return known
    ledger.check_open(account)
    day = _day(account.business, unit, amount, last_good_day, at)
    _check_day(account.business, day, at)
    row = _write(
        business=account.business, account=account, unit=unit, key=key, amount=amount, last_good_day=day,
        reason=reason, asked_by=staff, asked_at=at,
    )  # fmt: skip
    if needs_second_person(unit, amount):
        return _note(row, "asked", by=by, at=at)
    return _book(row, account, by=by, at=at)


@locks.atomic
def approve(*, adjustment: Adjustment, by: Actor, at: datetime) -> Adjustment:
    """Book an adjustment that another person asked for. Locks the account, then the adjustment.

    Approving what is booked changes nothing.
    Raises NotStaff, SamePerson, AlreadyDecided, DayOver, ledger.NotEnough, ledger.AccountClosed.
    """
    account = locks.lock_current(adjustment.account)
    row = locks.lock_adjustment(adjustment)
    if row.state == AdjustmentState.BOOKED:
        return row
    staff = _second(row, by)
    _check_day(row.business, row.last_good_day, at)
    row.decided_by, row.decided_at = staff, at
    return _book(row, account, by=by, at=at)


@locks.atomic
def refuse(*, adjustment: Adjustment, by: Actor, at: datetime) -> Adjustment:
    """Turn down an adjustment that another person asked for. Refusing twice changes nothing.

    Locks the adjustment. Raises NotStaff, SamePerson, AlreadyDecided.
    """
    row = locks.lock_adjustment(adjustment)
    if row.state == AdjustmentState.REFUSED:
        return row
    return _drop(row, AdjustmentState.REFUSED, _second(row, by), by=by, at=at)


@locks.atomic
def withdraw(*, adjustment: Adjustment, by: Actor, at: datetime) -> Adjustment:
    """Take back what one asked for, before anybody decided. Withdrawing twice changes nothing.

    Locks the adjustment. Raises NotStaff, NotYours, AlreadyDecided.
    """
    row = locks.lock_adjustment(adjustment)
    if row.state == AdjustmentState.WITHDRAWN:
        return row
    staff = _manager(by)
    if row.asked_by.user_id != staff.user_id:
        raise NotYours
    return _drop(_waiting(row), AdjustmentState.WITHDRAWN, staff, by=by, at=at)


@transaction.atomic
def set_limits(*, business: Business, limits: Mapping[str, int | None], by: Actor, at: datetime) -> None:
    """Say by unit code what one person may adjust alone, in smallest parts; None: as much as needed."""
    changed, told = {}, {}
    for unit in Unit.objects.select_for_update().filter(business=business, code__in=limits).order_by("pk"):
        if unit.adjustment_limit != limits[unit.code]:
            told[unit.name] = [unit.adjustment_limit, limits[unit.code], unit.decimals]
            unit.adjustment_limit = changed[unit.code] = limits[unit.code]
            unit.save(update_fields=["adjustment_limit"])
    if changed:
        audit.record(verb="adjustment.limits_changed", by=by, at=at, business=business, limits=changed, told=told)


def _manager(by: Actor) -> StaffRole:
    if by.staff is None or not by.staff.may(Role.MANAGER):
        raise NotStaff
    return by.staff


def _second(row: Adjustment, by: Actor) -> StaffRole:
    """Return who decides on a waiting adjustment: a manager, and a person other than who asked."""
    staff = _manager(by)
    if _waiting(row).asked_by.user_id == staff.user_id:
        raise SamePerson
    return staff


def _waiting(row: Adjustment) -> Adjustment:
    if row.state != AdjustmentState.WAITING:
        raise AlreadyDecided
    return row


def _day(business: Business, unit: Unit, amount: int, last_good_day: LastGoodDay, at: datetime) -> date | None:
    """Return the last good day of what is asked for at a moment; of what is removed there is none."""
    if amount <= 0:
        return None
    if isinstance(last_good_day, Lasting):
        return day_by_rule(unit, local_day(at, business.time_zone))
    return last_good_day


def _check_day(business: Business, last_good_day: date | None, at: datetime) -> None:
    if last_good_day and last_good_day < local_day(at, business.time_zone):
        raise DayOver


def _write(**columns: object) -> Adjustment:
    try:
        with transaction.atomic():
            return Adjustment.objects.create(**columns)
    except IntegrityError as error:
        # The key was used on another account at the same moment.
        raise ledger.KeyReused(str(columns["key"])) from error


def _book(row: Adjustment, account: Account, *, by: Actor, at: datetime) -> Adjustment:
    booking = ledger.Booking(
        account=account, key=f"adjust:{row.pk}", kind=PostingKind.ADJUSTMENT, at=at, booked_at=at, by=by,
        reason=row.reason,
    )  # fmt: skip
    row.posting = ledger.adjust(booking, unit=row.unit, amount=row.amount, last_good_day=row.last_good_day)
    row.state = AdjustmentState.BOOKED
    row.save(update_fields=["state", "posting", "decided_by", "decided_at"])
    return _note(row, "booked", by=by, at=at)


def _drop(row: Adjustment, state: AdjustmentState, staff: StaffRole, *, by: Actor, at: datetime) -> Adjustment:
    row.state, row.decided_by, row.decided_at = state, staff, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    return _note(row, state.value, by=by, at=at)


def _note(row: Adjustment, act: str, *, by: Actor, at: datetime) -> Adjustment:
    audit.record(
        verb=f"adjustment.{act}", by=by, at=at, business=row.business, obj=row, unit=row.unit_id, amount=row.amount
    )
    return row
