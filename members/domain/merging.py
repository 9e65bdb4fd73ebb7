"""Two cards of one person made one: the person of the target stays, and nobody merges the own membership.

Consents stay with the person who gave them: nothing that the source agreed to passes over to the target.
"""

from datetime import datetime

from loyalty.domain import audit, locks, merging
from loyalty.domain.actors import Actor
from loyalty.engine import codes
from loyalty.models import AccountMerge
from loyalty.queries.accounts import current
from members.domain.enrolment import ClaimedByAnother
from members.domain.visits import check_not_own
from members.models import Member
from members.queries.till import Customer, customer_of, owner_of


class NameWouldBeLost(merging.MergeError):
    """The card without a name goes into the one with a name, not the other way round."""


class WrongCard(Exception):
    """It is not the card that the member's own was merged into."""


def merge(*, source: Customer, target: Customer, key: str, by: Actor, at: datetime) -> AccountMerge:
    """Merge a customer's second card (source) into the one that is kept (target). The same key again changes nothing.

    Raises OwnMembership, NameWouldBeLost, and what loyalty.domain.merging.merge raises.
    """
    for customer in (source, target):
        if customer.member:
            check_not_own(customer.member, by)
    if source.member and not target.member:
        raise NameWouldBeLost
    return merging.merge(source=source.account, target=target.account, key=key, by=by, at=at)


def undo(*, merge: AccountMerge, by: Actor, at: datetime) -> AccountMerge:
    """Part two cards again. A log-in that was taken over stays with the target.

    Raises OwnMembership, and what loyalty.domain.merging.undo raises.
    """
    for account in (merge.source, merge.target):
        member = customer_of(account, merge.business).member
        if member:
            check_not_own(member, by)
    return merging.undo(merge=merge, by=by, at=at)


@locks.atomic
def take_over(*, member: Member, code: str, by: Actor, at: datetime) -> Member:
    """Give the log-in of a merged member to the one it was merged into, who has none: the card's number is the proof.

    Locks the accounts and both members. Raises WrongCard, ClaimedByAnother.
    """
    target = locks.lock_current(member.account)
    if target.pk == member.account_id or codes.normalise(code) != target.card_code:
        raise WrongCard
    rows = Member.objects.select_for_update(of=("self",)).filter(account__in=[member.account_id, target.pk])
    found = {row.account_id: row for row in rows.order_by("pk")}
    source, kept = found[member.account_id], found.get(target.pk)
    if kept is None or kept.user_id or source.user_id is None or kept.erased_at:
        raise ClaimedByAnother
    user, source.user = source.user, None
    source.save(update_fields=["user"])
    kept.user, kept.claimed_at = user, at
    kept.save(update_fields=["user", "claimed_at"])
    audit.record(verb="member.claimed", by=by, at=at, business=kept.business, obj=kept)
    return kept


def may_take_over(member: Member) -> bool:
    """Return whether the one that a member was merged into has no log-in yet."""
    kept = owner_of(current(member.account))
    return kept is not None and kept.user_id is None and kept.erased_at is None
