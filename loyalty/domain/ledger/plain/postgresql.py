"""The one statement: account and balances are locked, what must hold is checked, and every row is written.

PostgreSQL gives a statement one snapshot, from before it waited for a lock. So nothing that another booking may have
changed meanwhile is read through it: FOR UPDATE and UPDATE read the latest version of a row once it is theirs, and
ON CONFLICT sees keys that the snapshot does not. The locks are those of the other verbs, in their order: the account,
which each of them takes, then its balances.
"""

from functools import lru_cache

from loyalty.domain.ledger.plain.purchase import Booked, Purchase
from loyalty.domain.ledger.plain.rows import NAME, insert
from loyalty.models import AuditEvent, Entry, Lot, Posting, Sale
from loyalty.queries.prepared import binding_cursor

_STATEMENT = """WITH line (place, unit_id, amount, since, until, why) AS (VALUES {lines}),
account AS MATERIALIZED (
  SELECT id FROM loyalty_account WHERE id = :account_id AND business_id = :business_id
  AND closed_at IS NULL AND merged_into_id IS NULL FOR NO KEY UPDATE),
held AS MATERIALIZED (
  SELECT unit_id FROM loyalty_balance WHERE account_id = (SELECT id FROM account) AND unit_id IN ({units}) AND owed = 0
  FOR NO KEY UPDATE),
sale AS ({sale} ON CONFLICT DO NOTHING RETURNING id),
posting AS ({posting} RETURNING id),
balance AS (
  UPDATE loyalty_balance AS b SET amount = b.amount + line.amount, awarded_total = b.awarded_total + line.amount,
  last_seq = b.last_seq + 1, last_activity_at = GREATEST(b.last_activity_at, :at::timestamptz)
  FROM sale, line WHERE b.account_id = :account_id AND b.unit_id = line.unit_id
  RETURNING b.unit_id, b.amount, b.last_seq),
entry AS ({entry} RETURNING id, unit_id),
lot AS ({lot}),
audit AS ({audit})
SELECT sale.id, posting.id FROM sale, posting"""

_IF_PLAIN = """SELECT %s FROM (SELECT count(*) AS units FROM held) AS found WHERE found.units = {count} AND EXISTS (
  SELECT FROM loyalty_programversion WHERE public_id = :version AND business_id = :business_id AND state = 'live')"""

_PLACES = {
    "sale": "sale.id",
    "sale_key": "'sale:' || sale.id",
    "sale_text": "sale.id::text",
    "fingerprint": "encode(sha256(convert_to(:before::text || sale.id || :after::text, 'UTF8')), 'hex')",
    "posting": "posting.id",
    "entry": "entry.id",
    "unit": "line.unit_id",
    "amount": "line.amount",
    "since": "line.since",
    "until": "line.until",
    "why": "line.why",
    "seq": "balance.last_seq",
    "balance": "balance.amount",
}


def book(purchase: Purchase) -> Booked | None:
    """Book a plain purchase in the transaction at hand, or in one of its own where there is none."""
    values = {name: str(value) if type(value) is int else value for name, value in purchase.values().items()}
    with binding_cursor() as cursor:
        cursor.execute(statement(len(purchase.lines)), values)
        row = cursor.fetchone()
    return Booked(*row) if row else None


@lru_cache(maxsize=16)
def statement(count: int) -> str:
    """Return the statement for so many units."""
    numbers = range(count)
    line = "({0}, :unit{0}::bigint, :amount{0}::bigint, :since{0}::date, :until{0}::date, :why{0}::jsonb)"
    text = _STATEMENT.format(
        lines=", ".join(line.format(n) for n in numbers),
        units=", ".join(f":unit{n}" for n in numbers),
        sale=insert(Sale, _PLACES, _IF_PLAIN.format(count=count)),
        posting=insert(Posting, _PLACES, "SELECT %s FROM sale"),
        entry=insert(Entry, _PLACES, "SELECT %s FROM posting, line JOIN balance USING (unit_id) ORDER BY line.place"),
        lot=insert(Lot, _PLACES, "SELECT %s FROM entry JOIN line USING (unit_id) ORDER BY line.place"),
        audit=insert(AuditEvent, _PLACES, "SELECT %s FROM sale"),
    )
    return NAME.sub(r"%(\1)s", text.replace("::", "\0")).replace("\0", "::")
