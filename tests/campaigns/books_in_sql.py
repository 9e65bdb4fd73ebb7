"""The books looked at, and laid bare, by plain SQL on PostgreSQL."""

from collections.abc import Iterable

from django.apps import apps
from django.db import connection

from loyalty.models import Account, Refund, Sale
from loyalty.models.base import AppendOnly
from rewards.models import Redemption, Reward, Voucher

DRIFT = """
SELECT count(*) FROM loyalty_balance b WHERE b.account_id = ANY(%s) AND (
  b.amount < 0
  OR b.amount <> (SELECT coalesce(sum(amount), 0) FROM loyalty_entry e
                  WHERE e.account_id = b.account_id AND e.unit_id = b.unit_id)
  OR b.amount <> (SELECT coalesce(sum(remaining), 0) FROM loyalty_lot l
                  WHERE l.account_id = b.account_id AND l.unit_id = b.unit_id AND l.remaining > 0))
"""
CONSTRAINTS = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u')"
INDEXES = (
    "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary"
)


def drifted(accounts: Iterable[Account]) -> int:
    """Return how many balances of these accounts are negative or differ from their entries or lots."""
    with connection.cursor() as cursor:
        cursor.execute(DRIFT, [[account.pk for account in accounts]])
        return int(cursor.fetchone()[0])


def take_constraints_out() -> int:
    """Drop every UNIQUE and CHECK of the books, but for the primary keys; return how many there were."""
    books = [model for model in apps.get_models() if issubclass(model, AppendOnly)]
    dropped = 0
    with connection.cursor() as cursor:
        for model in [*books, Sale, Refund, Reward, Redemption, Voucher]:
            table = model._meta.db_table
            for query, drop in ((CONSTRAINTS, f"ALTER TABLE {table} DROP CONSTRAINT"), (INDEXES, "DROP INDEX")):
                cursor.execute(query, [table])
                for (name,) in cursor.fetchall():
                    cursor.execute(f"{drop} {name}")
                    dropped += 1
    return dropped
