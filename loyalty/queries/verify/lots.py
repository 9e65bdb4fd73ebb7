"""Invariants of lots and lot uses."""

from collections.abc import Iterator

from loyalty.queries.verify.rows import Scope


def size_of_award(scope: Scope) -> Iterator[str]:
    """A lot holds what its entry awarded, in the same account and unit."""
    sql = """
        SELECT l.id FROM loyalty_lot l JOIN loyalty_entry e ON e.id = l.entry_id
        WHERE (l.amount <> e.amount OR l.account_id <> e.account_id OR l.unit_id <> e.unit_id
            OR l.business_id <> e.business_id OR e.kind NOT IN ('award', 'add', 'move_in', 'reinstate')) AND {of l}"""
    return (f"lot {row[0]}" for row in scope.ask(sql))


def award_without_lot(scope: Scope) -> Iterator[str]:
    """What was awarded or added lies in a lot."""
    sql = """
        SELECT e.id FROM loyalty_entry e LEFT JOIN loyalty_lot l ON l.entry_id = e.id
        WHERE e.kind IN ('award', 'add', 'move_in', 'reinstate') AND e.amount <> 0 AND l.id IS NULL AND {of e}"""
    return (f"entry {row[0]}" for row in scope.ask(sql))


def remaining(scope: Scope) -> Iterator[str]:
    """The cached remainder is the amount less the uses, and lies between nothing and the amount."""
    sql = """
        SELECT l.id FROM loyalty_lot l LEFT JOIN loyalty_lotuse u ON u.lot_id = l.id WHERE {of l}
        GROUP BY l.id, l.amount, l.remaining
        HAVING l.remaining <> l.amount - COALESCE(SUM(u.amount), 0) OR l.remaining < 0 OR l.remaining > l.amount"""
    return (f"lot {row[0]}" for row in scope.ask(sql))


def running_remainder(scope: Scope) -> Iterator[str]:
    """After each of its uses, in the order of their writing, a lot holds something from nothing to its amount."""
    sql = """
        SELECT id FROM (
            SELECT u.id, l.amount, SUM(u.amount) OVER (PARTITION BY u.lot_id ORDER BY u.id) AS so_far
            FROM loyalty_lotuse u JOIN loyalty_lot l ON l.id = u.lot_id WHERE {of l}
        ) walked WHERE so_far < 0 OR so_far > amount"""
    return (f"lot use {row[0]}" for row in scope.ask(sql))


def uses_of_entry(scope: Scope) -> Iterator[str]:
    """What an entry takes is taken from lots; what it gives back goes back to lots."""
    sql = """
        SELECT e.id FROM loyalty_entry e LEFT JOIN loyalty_lotuse u ON u.entry_id = e.id
        WHERE e.kind NOT IN ('award', 'add', 'move_in', 'reinstate') AND {of e}
        GROUP BY e.id, e.amount HAVING e.amount <> -COALESCE(SUM(u.amount), 0)"""
    return (f"entry {row[0]}" for row in scope.ask(sql))


def foreign_uses(scope: Scope) -> Iterator[str]:
    """No entry takes from another account's or another unit's lot."""
    sql = """
        SELECT u.id FROM loyalty_lotuse u
        JOIN loyalty_lot l ON l.id = u.lot_id JOIN loyalty_entry e ON e.id = u.entry_id
        WHERE (l.account_id <> e.account_id OR l.unit_id <> e.unit_id) AND {of e}"""
    return (f"lot use {row[0]}" for row in scope.ask(sql))


def used_too_soon(scope: Scope) -> Iterator[str]:
    """A lot is used by entries that come after the one that opened it."""
    sql = """
        SELECT u.id FROM loyalty_lotuse u JOIN loyalty_entry e ON e.id = u.entry_id
        JOIN loyalty_lot l ON l.id = u.lot_id JOIN loyalty_entry o ON o.id = l.entry_id
        WHERE {of e} AND o.account_id = e.account_id AND o.unit_id = e.unit_id AND o.seq >= e.seq"""
    return (f"lot use {row[0]}" for row in scope.ask(sql))


def expired_in_part(scope: Scope) -> Iterator[str]:
    """After the job let a lot expire, nothing is left of it."""
    sql = """
        SELECT u.id FROM loyalty_posting p
        JOIN loyalty_entry e ON e.posting_id = p.id AND e.kind = 'expire'
        JOIN loyalty_lotuse u ON u.entry_id = e.id JOIN loyalty_lot l ON l.id = u.lot_id
        WHERE {of p} AND p.kind = 'expiry' AND l.amount <> (
            SELECT SUM(t.amount) FROM loyalty_lotuse t WHERE t.lot_id = l.id AND t.id <= u.id)"""
    return (f"lot use {row[0]}" for row in scope.ask(sql))
