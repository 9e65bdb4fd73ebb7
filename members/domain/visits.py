"""A member's purchase or visit: the one use case behind counter, till and import."""

from datetime import datetime

from loyalty.domain import sales
from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import Recorded, SaleInput
from loyalty.models import Account
from members.models import Member
from members.queries.till import customer_facts, owner_of


class OwnMembership(Exception):
    """Nobody of the staff books on the own membership: a colleague does."""


def record_visit(*, member: Member, sale: SaleInput, by: Actor, at: datetime) -> Recorded:
    """Record a purchase or visit of a member and book what it earns.

    Passes what rules may know of the person as plain facts. Raises OwnMembership, and what
    loyalty.domain.sales.record raises.
    """
    check_not_own(member, by)
    return sales.record(
        business=member.business, account=member.account, sale=sale, by=by, at=at, customer=customer_facts(member)
    )


def check_not_own(member: Member, by: Actor) -> None:
    """Raise OwnMembership if who acts as staff is the member."""
    if by.staff and member.belongs_to(by.staff.user):
        raise OwnMembership


def owns(account: Account, by: Actor) -> bool:
    """Return whether an account is the own membership of who acts as staff."""
    member = owner_of(account)
    return bool(by.staff and member and member.belongs_to(by.staff.user))
