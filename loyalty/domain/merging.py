"""Making one account of two of the same customer, and two again.

What the source holds and owes goes to the target at once; what still reaches the source afterwards (the refund of an
old purchase, a late row of an import) is booked there as ever and goes on in the same transaction. Cards and customer
numbers of the source lead to the target. docs/adr/0018-merging-sweeps-what-is-left.md says why so.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from loyalty.domain import audit, ledger, locks
from loyalty.domain.actors import Actor
from loyalty.models import Account, AccountMerge


class MergeError(Exception):
    """Two accounts that are not merged, or not parted; nothing was written."""


class SameAccount(MergeError):
    """Both are the same account."""


class OfAnotherBusiness(MergeError):
    """The accounts are of two businesses."""


class Closed(MergeError):
    """One of the accounts was closed."""


class AlreadyMerged(MergeError):
    """One of the accounts was merged into another one before."""


class MergedOn(MergeError):
    """The target was merged into another account since: that merge is to be undone first."""


@locks.atomic
def merge(*, source: Account, target: Account, key: str, by: Actor, at: datetime) -> AccountMerge:
    """Merge source into target and bring over what it holds and owes. The same key again returns the first merge.

    Locks both accounts. Raises SameAccount, OfAnotherBusiness, Closed, AlreadyMerged, ledger.KeyReused.
    """
    rows = {row.pk: row for row in locks.lock_accounts([source.pk, target.pk])}
    known = AccountMerge.objects.filter(business_id=source.business_id, key=key).first()
    if known:
        if (known.source_id, known.target_id) != (source.pk, target.pk):
            raise ledger.KeyReused(key)
        return known
    _check(rows[source.pk], rows[target.pk])
    row = _write(rows[source.pk], rows[target.pk], key=key, by=by, at=at)
    ledger.bring_over(row, by=by)
    audit.record(
        verb="account.merged", by=by, at=at, business=row.business, obj=row, source=source.pk, target=target.pk
    )
    return row


def _check(source: Account, target: Account) -> None:
    if source == target:
        raise SameAccount
    if source.business_id != target.business_id:
        raise OfAnotherBusiness
    if source.merged_into_id or target.merged_into_id:
        raise AlreadyMerged
    if source.closed_at or target.closed_at:
        raise Closed


def _write(source: Account, target: Account, *, key: str, by: Actor, at: datetime) -> AccountMerge:
    source.merged_into = target
    source.save(update_fields=["merged_into"])
    try:
        with transaction.atomic():
            return AccountMerge.objects.create(
                business_id=source.business_id, source=source, target=target, key=key, merged_by=by.staff, merged_at=at
            )
    except IntegrityError as error:
        # Two other accounts were merged under the key at the same moment.
        raise ledger.KeyReused(key) from error


@locks.atomic
def undo(*, merge: AccountMerge, by: Actor, at: datetime) -> AccountMerge:
    """Part two merged accounts: what is left of what came over goes back, with debts that are not paid yet.

    What was spent since stays spent, what was earned since stays with the target. Undoing twice changes nothing.
    Locks both accounts. Raises MergedOn, and Closed where the source was closed since.
    """
    rows = {row.pk: row for row in locks.lock_accounts([merge.source_id, merge.target_id])}
    row = AccountMerge.objects.select_related("business").get(pk=merge.pk)
    if row.undone_at:
        return row
    row.source, row.target = rows[row.source_id], rows[row.target_id]
    if row.target.merged_into_id:
        raise MergedOn
    if row.source.closed_at:
        raise Closed
    row.source.merged_into = None
    row.source.save(update_fields=["merged_into"])
    row.undone_by, row.undone_at = by.staff, at
    row.save(update_fields=["undone_by", "undone_at"])
    ledger.bring_back(row, by=by, at=at)
    audit.record(
        verb="account.parted", by=by, at=at, business=row.business, obj=row, source=row.source_id, target=row.target_id
    )
    return row
