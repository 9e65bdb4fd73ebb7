"""Moving a purchase to the right customer at the till: a cashier for some minutes, a manager at any time."""

from datetime import datetime

from loyalty.domain import locks, moving
from loyalty.domain.actors import Actor
from loyalty.domain.moving import MoveError, Outcome
from loyalty.engine.days import local_day
from loyalty.models import Account, Sale
from loyalty.queries.slips import bought_on
from members.domain.counter import is_manager
from members.domain.visits import check_not_own
from members.queries.moving import Move
from members.queries.till import Customer, facts_of, owner_of


class AboveDayCap(MoveError):
    """With it the customer would be above what the business allows for a day without a manager."""


@locks.atomic
def move(*, sale: Sale, target: Customer, key: str, by: Actor, at: datetime) -> Sale:
    """Move a purchase to a customer. The same key again changes nothing. Locks both accounts.

    Raises OwnMembership, AboveDayCap, and what loyalty.domain.moving.move raises.
    """
    locks.lock_trails(account for account in (sale.account, target.account) if account)
    _check_cap(sale, target.account, by)
    return _move(sale, target.account, key=f"till:{key}", by=by, at=at)


def preview(*, sale: Sale, target: Customer, by: Actor, at: datetime) -> Outcome:
    """Return what moving a purchase to a customer would book. Raises what move() raises."""
    _check_not_own(sale, target.account, by)
    _check_cap(sale, target.account, by)
    facts = facts_of(target.account)
    return moving.preview(sale=sale, target=target.account, by=by, at=at, customer=facts, any_time=is_manager(by))


def move_back(*, sale: Sale, last: Move, by: Actor, at: datetime) -> Sale:
    """Undo the last move of a purchase; twice changes nothing. Raises what move() raises."""
    return _move(sale, last.source, key=f"back:{last.number}", by=by, at=at)


def _move(sale: Sale, target: Account | None, *, key: str, by: Actor, at: datetime) -> Sale:
    _check_not_own(sale, target, by)
    facts, any_time = facts_of(target), is_manager(by)
    return moving.move(sale=sale, target=target, key=key, by=by, at=at, customer=facts, any_time=any_time)


def _check_cap(sale: Sale, target: Account, by: Actor) -> None:
    """Raise AboveDayCap where who serves could not have recorded it for the customer either."""
    cap = sale.business.day_cap
    if cap is None or is_manager(by) or sale.account_id == target.pk:
        return
    day = local_day(sale.at, sale.business.time_zone)
    if bought_on(target, day) + sale.total - sale.refunded > cap:
        raise AboveDayCap


def _check_not_own(sale: Sale, target: Account | None, by: Actor) -> None:
    for account in (sale.account, target):
        member = owner_of(account) if account else None
        if member:
            check_not_own(member, by)
