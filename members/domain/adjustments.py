"""Adjusting customers' accounts by hand. Nobody adjusts the own account, and nobody decides on it."""

from datetime import datetime

from loyalty.domain import adjustments
from loyalty.domain.actors import Actor
from loyalty.domain.adjustments import BY_RULE, LastGoodDay
from loyalty.models import Account, Adjustment, Unit
from loyalty.queries.accounts import current
from members.domain.visits import check_not_own
from members.queries.till import Customer, owner_of


def ask(
    *, customer: Customer, unit: Unit, amount: int, reason: str, last_good_day: LastGoodDay = BY_RULE, key: str,
    by: Actor, at: datetime,
) -> Adjustment:  # fmt: skip
    """Add to a customer's account, or remove from it, at once or once a second person agrees.

    Raises OwnMembership, and what loyalty.domain.adjustments.ask raises.
    """
    _check_not_own(customer.account, by)
    return adjustments.ask(
        account=customer.account, unit=unit, amount=amount, reason=reason, last_good_day=last_good_day, key=key, by=by,
        at=at,
    )  # fmt: skip


def approve(*, adjustment: Adjustment, by: Actor, at: datetime) -> Adjustment:
    """Book what another person asked for. Raises OwnMembership, and what loyalty.domain.adjustments.approve raises."""
    _check_not_own(adjustment.account, by)
    return adjustments.approve(adjustment=adjustment, by=by, at=at)


def refuse(*, adjustment: Adjustment, by: Actor, at: datetime) -> Adjustment:
    """Turn down what another person asked for. Raises OwnMembership, and what the same verb of loyalty raises."""
    _check_not_own(adjustment.account, by)
    return adjustments.refuse(adjustment=adjustment, by=by, at=at)


def withdraw(*, adjustment: Adjustment, by: Actor, at: datetime) -> Adjustment:
    """Take back what one asked for. Raises what the same verb of loyalty raises."""
    return adjustments.withdraw(adjustment=adjustment, by=by, at=at)


def _check_not_own(account: Account, by: Actor) -> None:
    for each in (account, current(account)):
        member = owner_of(each)
        if member:
            check_not_own(member, by)
