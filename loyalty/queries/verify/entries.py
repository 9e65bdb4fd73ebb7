"""Invariants of entries."""

from collections.abc import Iterator

from django.db import connection

from loyalty.queries.verify.rows import Scope, number_in

SAFE = 2**53 - 1
"""The largest whole number that every reader of our exports keeps exactly."""


def postings_without_entries(scope: Scope) -> Iterator[str]:
    """A posting books something; only a reversal of what was reversed or ran out before may be empty."""
    sql = """
        SELECT p.id FROM loyalty_posting p LEFT JOIN loyalty_entry e ON e.posting_id = p.id
        WHERE e.id IS NULL AND p.kind NOT IN ('undo', 'refund', 'move') AND {of p}"""
    return (f"posting {row[0]}" for row in scope.ask(sql))


def strays(scope: Scope) -> Iterator[str]:
    """Account and business are the same on account, posting and entry."""
    sql = """
        SELECT e.id FROM loyalty_entry e
        JOIN loyalty_posting p ON p.id = e.posting_id JOIN loyalty_account a ON a.id = e.account_id
        JOIN loyalty_unit u ON u.id = e.unit_id
        WHERE (p.account_id <> e.account_id OR p.business_id <> e.business_id OR a.business_id <> e.business_id
            OR u.business_id <> e.business_id) AND {of e}"""
    return (f"entry {row[0]}" for row in scope.ask(sql))


def wrong_signs(scope: Scope) -> Iterator[str]:
    """What is issued is never negative, what goes is never positive, and every kind is one of these."""
    sql = """
        SELECT e.id FROM loyalty_entry e WHERE {of e} AND NOT (
            (e.kind IN ('award', 'add', 'give_back', 'move_in', 'reinstate') AND e.amount >= 0)
            OR (e.kind IN ('spend', 'remove', 'expire', 'take_back', 'settle', 'move_out') AND e.amount <= 0)
            OR (e.kind = 'forgive' AND e.amount = 0))"""
    return (f"entry {row[0]}" for row in scope.ask(sql))


def unsafe_numbers(scope: Scope) -> Iterator[str]:
    """No number is larger than a reader without whole numbers of 64 bits can hold."""
    sql = f"""
        SELECT e.id FROM loyalty_entry e WHERE {{of e}} AND (
            ABS(e.amount) > {SAFE} OR ABS(e.owed_change) > {SAFE} OR e.balance_after > {SAFE} OR e.forgiven > {SAFE})"""
    return (f"entry {row[0]}" for row in scope.ask(sql))


def unexplained(scope: Scope) -> Iterator[str]:
    """Where an award says how it came about, the explanation and its parts sum to the amount."""
    if connection.vendor == "postgresql":
        parts = "SELECT SUM((part ->> 'amount')::bigint) FROM JSONB_ARRAY_ELEMENTS(e.why -> 'parts') AS part"
    else:
        parts = "SELECT SUM(JSON_EXTRACT(part.value, '$.amount')) FROM JSON_EACH(e.why, '$.parts') AS part"
    sql = f"""
        SELECT e.id FROM loyalty_entry e WHERE {{of e}} AND e.kind = 'award'
            AND ({number_in("e.why", "amount")} <> e.amount OR ({parts}) <> e.amount)"""
    return (f"entry {row[0]}" for row in scope.ask(sql))


def gaps(scope: Scope) -> Iterator[str]:
    """Entries of an account's unit are numbered 1, 2, 3 … without a gap."""
    sql = """
        SELECT e.account_id, e.unit_id FROM loyalty_entry e WHERE {of e}
        GROUP BY e.account_id, e.unit_id
        HAVING MIN(e.seq) <> 1 OR MAX(e.seq) <> COUNT(*) OR COUNT(DISTINCT e.seq) <> COUNT(*)"""
    return (f"account {row[0]}, unit {row[1]}" for row in scope.ask(sql))


def running_balance(scope: Scope) -> Iterator[str]:
    """balance_after is the sum of all amounts so far, and never below zero."""
    sql = """
        SELECT id FROM (
            SELECT e.id, e.balance_after,
                SUM(e.amount) OVER (PARTITION BY e.account_id, e.unit_id ORDER BY e.seq) AS so_far
            FROM loyalty_entry e WHERE {of e}
        ) walked WHERE balance_after <> so_far OR so_far < 0"""
    return (f"entry {row[0]}" for row in scope.ask(sql))


def running_debt(scope: Scope) -> Iterator[str]:
    """No entry pays more of a debt than is owed at that moment."""
    sql = """
        SELECT id FROM (
            SELECT e.id, SUM(e.owed_change) OVER (PARTITION BY e.account_id, e.unit_id ORDER BY e.seq) AS so_far
            FROM loyalty_entry e WHERE {of e}
        ) walked WHERE so_far < 0"""
    return (f"entry {row[0]}" for row in scope.ask(sql))
