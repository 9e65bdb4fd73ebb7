"""Where a moment falls in the books of one account and unit, found by halving: entries are numbered without a gap.

SQL: the halving is one statement, however many moments are asked for, and each of them costs a look-up for every
doubling of the number of entries. An index on the moment of booking would cost every booking instead. Each look-up is a
question of its own, so that no database reads all entries to join them, whatever it believes of their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from loyalty.models import Balance

_HALVING = """
    WITH RECURSIVE asked(number, moment) AS (VALUES {moments}),
    halving(number, moment, low, step) AS (
        SELECT number, moment, CAST(0 AS bigint), CAST(%s AS bigint) FROM asked
        UNION ALL
        SELECT h.number, h.moment,
            CASE WHEN h.low + h.step <= %s AND (
                SELECT p.booked_at FROM loyalty_entry e JOIN loyalty_posting p ON p.id = e.posting_id
                WHERE e.account_id = %s AND e.unit_id = %s AND e.seq = h.low + h.step
            ) < h.moment THEN h.low + h.step ELSE h.low END,
            h.step / 2
        FROM halving h WHERE h.step > 0
    )
    SELECT h.low, COALESCE((
        SELECT e.balance_after FROM loyalty_entry e WHERE e.account_id = %s AND e.unit_id = %s AND e.seq = h.low
    ), 0)
    FROM halving h WHERE h.step = 0 ORDER BY h.number"""


@dataclass(frozen=True, slots=True)
class Mark:
    """The last entry that was booked before a moment, by its number in the account, and the balance after it."""

    seq: int
    balance: int


def marks(balance: Balance, moments: Sequence[datetime]) -> list[Mark]:
    """Return where each moment falls among the entries of a balance; Mark(0, 0) before the first. One query."""
    pairs = ", ".join(["(%s, %s)"] * len(moments))
    place = [balance.account_id, balance.unit_id]
    values: list[Any] = []
    for number, moment in enumerate(moments):
        values += [number, connection.ops.adapt_datetimefield_value(moment)]
    longest = 1 << balance.last_seq.bit_length() >> 1
    with connection.cursor() as cursor:
        cursor.execute(_HALVING.replace("{moments}", pairs), [*values, longest, balance.last_seq, *place, *place])
        return [Mark(*row) for row in cursor.fetchall()]
