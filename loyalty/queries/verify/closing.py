"""Invariants of closed accounts."""

from collections.abc import Iterator

from loyalty.queries.verify.rows import Scope, number_in


def booked_anew(scope: Scope) -> Iterator[str]:
    """After an account was closed nothing was booked on it but what puts right, or ends, what was there before.

    The audit row of the closing names the last posting before it. What an undone import restores is of its refund.
    """
    sql = f"""
        SELECT p.id FROM loyalty_auditevent a
        JOIN loyalty_posting p ON p.account_id = CAST(a.object_id AS BIGINT) AND p.id > {number_in("a.data", "last")}
        WHERE a.verb = 'account.closed' AND {{of p}}
          AND p.kind NOT IN ('refund', 'undo', 'expiry', 'move', 'merge', 'unmerge', 'forgive')
          AND NOT (p.kind = 'adjustment' AND p.refund_id IS NOT NULL)"""
    return (f"posting {row[0]}" for row in scope.ask(sql))
