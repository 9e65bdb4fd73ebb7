"""Invariants of the cached balances, and of the whole."""

from collections.abc import Iterator

from loyalty.queries.verify.rows import Scope

_SUMMED = """
    SELECT e.account_id, e.unit_id FROM loyalty_entry e
    LEFT JOIN loyalty_balance b ON b.account_id = e.account_id AND b.unit_id = e.unit_id
    WHERE {of e}
    GROUP BY e.account_id, e.unit_id, b.id, b.amount, b.owed, b.awarded_total, b.spent_total, b.last_seq
    HAVING """


def _compare(having: str, scope: Scope) -> Iterator[str]:
    return (f"account {account}, unit {unit}" for account, unit in scope.ask(_SUMMED + having))


def amount(scope: Scope) -> Iterator[str]:
    """Every account with entries has a balance, and it is their sum; a balance without entries is zero."""
    yield from _compare("b.id IS NULL OR b.amount <> SUM(e.amount) OR b.last_seq <> COUNT(*)", scope)
    sql = """
        SELECT b.id FROM loyalty_balance b JOIN loyalty_account a ON a.id = b.account_id
        LEFT JOIN loyalty_entry e ON e.account_id = b.account_id AND e.unit_id = b.unit_id
        WHERE e.id IS NULL AND (b.amount <> 0 OR b.owed <> 0) AND {of a}"""
    yield from (f"balance {row[0]}" for row in scope.ask(sql))


def owed(scope: Scope) -> Iterator[str]:
    """What is owed is the sum of its changes, and never below zero."""
    return _compare("b.owed <> SUM(e.owed_change) OR SUM(e.owed_change) < 0", scope)


def totals(scope: Scope) -> Iterator[str]:
    """Awarded and spent in total are the sums of those entries."""
    having = """b.awarded_total <> SUM(CASE WHEN e.kind = 'award' THEN e.amount ELSE 0 END)
        OR b.spent_total <> -SUM(CASE WHEN e.kind IN ('spend', 'give_back') THEN e.amount ELSE 0 END)"""
    return _compare(having, scope)


def activity(scope: Scope) -> Iterator[str]:
    """The last activity in a unit is the latest purchase, visit, redemption, merge or gift of it."""
    sql = """
        SELECT b.account_id, b.unit_id FROM loyalty_balance b
        JOIN loyalty_account a ON a.id = b.account_id
        LEFT JOIN (
            SELECT e.account_id, e.unit_id, MAX(p.at) AS at FROM loyalty_entry e
            JOIN loyalty_posting p ON p.id = e.posting_id
            WHERE p.kind IN ('purchase', 'visit', 'redemption', 'merge', 'unmerge')
                OR e.kind IN ('award', 'add', 'reinstate')
            GROUP BY e.account_id, e.unit_id
        ) active ON active.account_id = b.account_id AND active.unit_id = b.unit_id
        WHERE {of a} AND (b.last_activity_at <> active.at OR (b.last_activity_at IS NULL) <> (active.at IS NULL))"""
    return (f"account {row[0]}, unit {row[1]}" for row in scope.ask(sql))


def open_lots(scope: Scope) -> Iterator[str]:
    """A balance is what remains in the account's lots of the unit."""
    sql = """
        SELECT b.account_id, b.unit_id FROM loyalty_balance b
        JOIN loyalty_account a ON a.id = b.account_id
        LEFT JOIN (
            SELECT l.account_id, l.unit_id, SUM(l.remaining) AS held FROM loyalty_lot l GROUP BY l.account_id, l.unit_id
        ) lots ON lots.account_id = b.account_id AND lots.unit_id = b.unit_id
        WHERE {of a} AND b.amount <> COALESCE(lots.held, 0)"""
    return (f"account {row[0]}, unit {row[1]}" for row in scope.ask(sql))


def conservation(scope: Scope) -> Iterator[str]:
    """Per unit: awards and additions less everything that went equals what all balances hold."""
    sql = """
        SELECT u.id FROM loyalty_unit u
        LEFT JOIN (SELECT unit_id, SUM(amount) AS moved FROM loyalty_entry GROUP BY unit_id) e ON e.unit_id = u.id
        LEFT JOIN (SELECT unit_id, SUM(amount) AS held FROM loyalty_balance GROUP BY unit_id) b ON b.unit_id = u.id
        WHERE COALESCE(e.moved, 0) <> COALESCE(b.held, 0) AND {of u}"""
    return (f"unit {row[0]}" for row in scope.ask(sql))
