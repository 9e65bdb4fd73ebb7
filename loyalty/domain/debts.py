"""Forgiving a member what a refund left owed."""

from datetime import datetime

from loyalty.domain import audit, ledger, locks
from loyalty.domain.actors import Actor
from loyalty.models import Account, Posting, PostingKind, Unit


@locks.atomic
def forgive(
    *, account: Account, unit: Unit, amount: int | None = None, reason: str, key: str, by: Actor, at: datetime
) -> Posting:
    """Forgive an account all it owes of a unit, or so much of it (smallest parts); the reason is the member's to read.

    Of a merged account, what the one that it leads to owes. The same key again changes nothing.
    Raises ledger.NotOwed, KeyReused. Locks the account.
    """
    account = locks.lock_current(account)
    known = Posting.objects.filter(business=account.business_id, key=key).exists()
    booking = ledger.Booking(
        account=account, key=key, kind=PostingKind.FORGIVE, at=at, booked_at=at, by=by, reason=reason
    )
    posting = ledger.forgive(booking, unit=unit, amount=amount)
    if not known:
        forgiven = -sum(posting.entries.values_list("owed_change", flat=True))
        audit.record(
            verb="debt.forgiven", by=by, at=at, business=account.business, obj=posting, unit=unit.pk, amount=forgiven
        )
    return posting
