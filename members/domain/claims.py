"""Bringing an account that has no person yet, from an import or a printed card, to a member by its card code."""

from datetime import datetime

from django.db import transaction

from loyalty.domain import accounts, audit, locks
from loyalty.domain.actors import Actor
from loyalty.engine import codes
from loyalty.models import Account, Posting, Sale
from loyalty.queries.accounts import at_card
from members.models import Member


class ClaimError(Exception):
    """A card that is not attached; nothing was written."""


class CardNotFound(ClaimError):
    """No card that waits for its owner has this code: it is unknown, mistyped, somebody's, or another shop's."""


class AccountInUse(ClaimError):
    """The member has collected on the own account already: staff can put two accounts together, nobody else."""


@transaction.atomic
def attach_card(*, member: Member, code: str, by: Actor, at: datetime) -> Member:
    """Give a member the account under a card code, in place of the own one, which must be empty and is closed.

    Attaching the own card again changes nothing. Locks the member and both accounts. Raises AccountInUse, CardNotFound.
    """
    row = Member.objects.select_for_update(of=("self",)).select_related("account").get(pk=member.pk)
    found = at_card(row.business, codes.normalise(code))
    if found and found.closed_at:
        found = None
    if found and found.pk == row.account_id:
        return row
    locks.lock_accounts([row.account_id, *([found.pk] if found else [])])
    if _is_used(row.account):
        raise AccountInUse
    if found is None or Member.objects.filter(account=found).exists():
        raise CardNotFound
    accounts.close(account=row.account, by=by, at=at)
    row.account = found
    row.save(update_fields=["account"])
    audit.record(verb="member.card_attached", by=by, at=at, business=row.business, obj=row, account=found.pk)
    return row


def _is_used(account: Account) -> bool:
    return Posting.objects.filter(account=account).exists() or Sale.objects.filter(account=account).exists()
