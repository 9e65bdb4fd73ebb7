"""A plain award of a purchase in one statement on PostgreSQL, and in one of each kind on SQLite.

It leaves the very rows that sales.record() leaves through award(): sale, posting, entries, lots, balances and audit
event (docs/adr/0016). What is not plain (the key or the receipt is known, something is owed, there is no balance yet,
the account is closed or merged, the version is not live) writes nothing, and is left to those verbs.
"""

from django.db import connection, transaction

from loyalty.domain.ledger.plain import postgresql, sqlite
from loyalty.domain.ledger.plain.purchase import Booked, Purchase

__all__ = ["Booked", "Purchase", "book"]


def book(purchase: Purchase) -> Booked | None:
    """Book a purchase that is plain; return None, having written nothing, for any other. Locks the account.

    In nobody's transaction it is one of its own.
    """
    if connection.vendor == "sqlite":
        with transaction.atomic():
            return sqlite.book(purchase)
    if not connection.in_atomic_block:
        return postgresql.book(purchase)
    with transaction.atomic():
        return postgresql.book(purchase)
