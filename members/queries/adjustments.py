"""Adjustments with the people whose accounts they are about."""

from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.models import Account, Adjustment, AdjustmentState, Business, StaffRole
from loyalty.queries.adjustments import decided, waiting
from members.models import Member
from members.queries.till import Customer


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """An adjustment, whose account it is about, and what who looks at it may do with it."""

    adjustment: Adjustment
    customer: Customer
    may_decide: bool = False
    may_withdraw: bool = False


@dataclass(frozen=True, slots=True)
class AdjustmentPage:
    """What waits, and a page of the others; newer and older are query strings, empty where there is no such page."""

    waiting: list[AdjustmentRow]
    rows: list[AdjustmentRow]
    newer: str
    older: str

    @property
    def people(self) -> int:
        """How many rows name a person."""
        return sum(row.customer.member is not None for row in (*self.waiting, *self.rows))


def adjustments(
    business: Business, staff: StaffRole, *, size: int, before: str = "", after: str = ""
) -> AdjustmentPage:
    """Return the adjustments of a business as one of the staff sees them. Three queries."""
    first = waiting(business)
    others = decided(business, size=size, before=before, after=after)
    people = _people([row.account for row in (*first, *others.rows)])
    return AdjustmentPage(
        [_row(row, people, staff) for row in first],
        [_row(row, people, staff) for row in others.rows],
        others.newer,
        others.older,
    )


def _people(accounts: Sequence[Account]) -> dict[int, Member]:
    members = Member.objects.filter(account__in=accounts, erased_at=None)
    return {member.account_id: member for member in members}


def _row(row: Adjustment, people: dict[int, Member], staff: StaffRole) -> AdjustmentRow:
    member = people.get(row.account_id)
    waits = row.state == AdjustmentState.WAITING
    asked_here = row.asked_by.user_id == staff.user_id
    own = member is not None and member.belongs_to(staff.user)
    return AdjustmentRow(
        row, Customer(row.account, member), may_decide=waits and not asked_here and not own,
        may_withdraw=waits and asked_here,
    )  # fmt: skip
