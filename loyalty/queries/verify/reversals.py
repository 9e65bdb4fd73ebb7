"""Invariants of what takes something back: once, never more than there was, and to where it came from."""

from collections.abc import Iterator

from loyalty.queries.verify.rows import Scope


def undone_twice(scope: Scope) -> Iterator[str]:
    """A posting has one undo at most."""
    sql = """
        SELECT p.reverses_id FROM loyalty_posting p
        WHERE p.kind IN ('undo', 'move', 'reinstate') AND p.reverses_id IS NOT NULL AND {of p}
        GROUP BY p.reverses_id HAVING COUNT(*) > 1"""
    return (f"posting {row[0]}" for row in scope.ask(sql))


def reversed_reversals(scope: Scope) -> Iterator[str]:
    """A refund or an undo is never itself undone or refunded: the opposite is booked anew."""
    sql = """
        SELECT p.id FROM loyalty_posting p JOIN loyalty_posting o ON o.id = p.reverses_id
        WHERE {of p} AND p.kind IN ('undo', 'refund') AND o.kind IN ('undo', 'refund')"""
    return (f"posting {row[0]}" for row in scope.ask(sql))


def over_reversed(scope: Scope) -> Iterator[str]:
    """All that was taken or given back of a posting's unit is at most what the posting awarded or spent of it.

    A refund that was undone does not count: what it took was added again.
    """
    sql = """
        SELECT first.id FROM loyalty_posting first
        JOIN loyalty_posting p ON p.reverses_id = first.id
        JOIN loyalty_entry e ON e.posting_id = p.id AND e.kind IN ('take_back', 'give_back')
        LEFT JOIN loyalty_refund r ON r.id = p.refund_id
        WHERE r.undone_at IS NULL AND {of first}
        GROUP BY first.id, e.unit_id, e.kind
        HAVING SUM(ABS(e.amount) + e.owed_change + e.forgiven) > (
            SELECT COALESCE(SUM(ABS(o.amount)), 0) FROM loyalty_entry o
            WHERE o.posting_id = first.id AND o.unit_id = e.unit_id
              AND o.kind = CASE e.kind WHEN 'take_back' THEN 'award' ELSE 'spend' END)"""
    return (f"posting {row[0]}" for row in scope.ask(sql))


def given_elsewhere(scope: Scope) -> Iterator[str]:
    """A lot gets back of a spending at most what that spending took from it."""
    sql = """
        SELECT p.reverses_id, u.lot_id FROM loyalty_lotuse u
        JOIN loyalty_entry e ON e.id = u.entry_id JOIN loyalty_posting p ON p.id = e.posting_id
        WHERE {of p} AND e.kind = 'give_back'
        GROUP BY p.reverses_id, u.lot_id
        HAVING -SUM(u.amount) > (
            SELECT COALESCE(SUM(t.amount), 0) FROM loyalty_lotuse t JOIN loyalty_entry s ON s.id = t.entry_id
            WHERE s.posting_id = p.reverses_id AND s.kind = 'spend' AND t.lot_id = u.lot_id)"""
    return (f"posting {posting}, lot {lot}" for posting, lot in scope.ask(sql))


def given_again(scope: Scope) -> Iterator[str]:
    """What is given again is all that an expiry took, unit by unit, on its account.

    Of a refund or an undo it is at most what ran out of what that gave back: only what a change of expiry ended.
    """
    sql = """
        SELECT p.id FROM loyalty_posting p
        LEFT JOIN loyalty_posting o ON o.id = p.reverses_id AND o.kind IN ('expiry', 'refund', 'undo')
            AND o.account_id = p.account_id
        WHERE {of p} AND p.kind = 'reinstate' AND (o.id IS NULL OR EXISTS (
            SELECT 1 FROM loyalty_entry e
            WHERE e.posting_id IN (p.id, o.id) AND e.kind IN ('reinstate', 'expire')
            GROUP BY e.unit_id HAVING SUM(e.amount) > 0 OR (o.kind = 'expiry' AND SUM(e.amount) < 0)))"""
    return (f"posting {row[0]}" for row in scope.ask(sql))
