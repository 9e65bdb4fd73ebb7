"""What an owner or manager gives a member for good will. Nobody does it for the own membership."""

from datetime import date, datetime

from loyalty.domain import debts, expiry
from loyalty.domain.actors import Actor
from loyalty.models import Posting, Unit
from members.domain.visits import check_not_own
from members.queries.till import Customer


def forgive(*, customer: Customer, unit: Unit, amount: int, reason: str, key: str, by: Actor, at: datetime) -> Posting:
    """Forgive a customer so much of what is owed of a unit, in smallest parts.

    Raises OwnMembership, and what loyalty.domain.debts.forgive raises.
    """
    _check_not_own(customer, by)
    return debts.forgive(account=customer.account, unit=unit, amount=amount, reason=reason, key=key, by=by, at=at)


def reinstate(
    *, customer: Customer, expired: Posting, last_good_day: date, reason: str, key: str, by: Actor, at: datetime
) -> Posting:
    """Give a customer again what ran out, good through a day.

    Raises OwnMembership, and what loyalty.domain.expiry.reinstate raises.
    """
    _check_not_own(customer, by)
    return expiry.reinstate(expired=expired, last_good_day=last_good_day, reason=reason, key=key, by=by, at=at)


def _check_not_own(customer: Customer, by: Actor) -> None:
    if customer.member:
        check_not_own(customer.member, by)
