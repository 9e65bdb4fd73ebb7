"""Opening, finding and closing pseudonymous accounts."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from loyalty.domain import audit, locks
from loyalty.domain.actors import Actor
from loyalty.engine import codes
from loyalty.models import Account, Business, Posting

CARD_CODE_LENGTH = 12


def open_account(
    *, business: Business, at: datetime, customer_number: str | None = None, card_code: str = ""
) -> Account:
    """Open an account under a fresh random card code, or under that of a card that is printed already."""
    with transaction.atomic():
        return Account.objects.create(
            business=business,
            card_code=card_code or new_card_code(business),
            customer_number=customer_number,
            opened_at=at,
        )


def open_accounts(*, business: Business, customers: Mapping[str, datetime]) -> list[Account]:
    """Open an account for each customer number from a moment on, each under a fresh random card code."""
    fresh: set[str] = set()
    while len(fresh) < len(customers):
        fresh |= {codes.new_code(CARD_CODE_LENGTH) for _ in range(len(customers) - len(fresh))}
        taken = Account.objects.filter(business=business, card_code__in=fresh)
        fresh -= set(taken.values_list("card_code", flat=True))
    return Account.objects.bulk_create(
        Account(business=business, card_code=code, customer_number=number, opened_at=moment)
        for code, (number, moment) in zip(fresh, customers.items(), strict=True)
    )


def new_card_code(business: Business) -> str:
    """Return a random card code that no account of the business has."""
    while True:
        code = codes.new_code(CARD_CODE_LENGTH)
        if not Account.objects.filter(business=business, card_code=code).exists():
            return code


@locks.atomic
def close(*, account: Account, by: Actor, at: datetime) -> Account:
    """Close an account: what was booked on it may still be put right, nothing new comes. Twice changes nothing.

    The audit row says which posting was the last one before. Locks the account.
    """
    row = locks.lock_account(account)
    if row.closed_at:
        return row
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    last = Posting.objects.filter(account=row).aggregate(last=Max("pk", default=0))["last"]
    audit.record(verb="account.closed", by=by, at=at, business=row.business, obj=row, last=last)
    return row
