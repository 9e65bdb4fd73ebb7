"""Recording a purchase or visit at the till: what gives pause is asked first, what is above a cap a manager allows."""

from datetime import datetime

from loyalty.domain import audit, locks, sales
from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import Recorded, SaleInput
from loyalty.models import Account, Business, Role, Sale, StaffRole
from members.domain import visits
from members.domain.visits import OwnMembership
from members.queries import slips
from members.queries.slips import TillQuestion
from members.queries.till import facts_of, owner_of


class Asked(Exception):
    """There is a question before this is recorded; nothing was written."""

    def __init__(self, question: TillQuestion) -> None:
        super().__init__("asked first")
        self.question = question


class NeedsManager(Asked):
    """It is above a cap of the business: an owner or manager has to allow it."""


class OwnAllowance(OwnMembership):
    """Who allows it is the member: another owner or manager does."""


def record(
    *, business: Business, account: Account | None, sale: SaleInput, by: Actor, at: datetime,
    instead: int | None = None, confirmed: bool = False, allowed_by: StaffRole | None = None,
) -> Recorded:  # fmt: skip
    """Record a purchase or visit of an account, or of a walk-in, and book what it earns.

    instead is what the amount would be with a decimal mark, where it was typed without one. confirmed: the question
    was answered. allowed_by: the owner or manager who stands by it; the audit names them. With a cap on the day of a
    customer the account is locked while it is looked at. The same key again is never asked.
    Raises Asked, NeedsManager, OwnMembership, and what loyalty.domain.sales.record raises.
    """
    member = owner_of(account) if account else None
    if member:
        visits.check_not_own(member, by)
        if allowed_by and member.belongs_to(allowed_by.user):
            raise OwnAllowance
    asking = (business, account, sale, by, at, instead, confirmed, allowed_by)
    capped = business.sale_cap is not None and sale.total > business.sale_cap
    if capped or (account and business.day_cap is not None):
        return _under_lock(*asking)
    return _record(*asking)


@locks.atomic
def _under_lock(
    business: Business, account: Account | None, sale: SaleInput, by: Actor, at: datetime, instead: int | None,
    confirmed: bool, allowed_by: StaffRole | None,
) -> Recorded:  # fmt: skip
    if account:
        account = locks.lock_current(account)
    return _record(business, account, sale, by, at, instead, confirmed, allowed_by)


def _record(
    business: Business, account: Account | None, sale: SaleInput, by: Actor, at: datetime, instead: int | None,
    confirmed: bool, allowed_by: StaffRole | None,
) -> Recorded:  # fmt: skip
    question = slips.question(business, account, sale, by=by, at=at, instead=instead)
    allows = allowed_by is not None and allowed_by.business_id == business.pk and allowed_by.may(Role.MANAGER)
    if question and question.needs_manager and not allows:
        raise NeedsManager(question)
    if question and not (confirmed or allows):
        raise Asked(question)
    recorded = sales.record(business=business, account=account, sale=sale, by=by, at=at, customer=facts_of(account))
    if question and question.above_cap and not recorded.again:
        _note(recorded, question, allowed_by=allowed_by if allows else by.staff, by=by, at=at, business=business)
    return recorded


def _note(
    recorded: Recorded, question: TillQuestion, *, allowed_by: StaffRole | None, by: Actor, at: datetime,
    business: Business,
) -> None:  # fmt: skip
    audit.record(
        verb="sale.allowed", by=by, at=at, business=business, obj=Sale(pk=recorded.sale_id), total=recorded.total,
        allowed_by=allowed_by.pk if allowed_by else None, sale_cap=question.sale_cap, day_cap=question.day_cap,
    )  # fmt: skip
