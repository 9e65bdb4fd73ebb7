"""Invariants of postings: booked once, in one business, by somebody."""

from collections.abc import Iterator

from loyalty.queries.verify.rows import Scope


def keys_twice(scope: Scope) -> Iterator[str]:
    """A key is that of one posting of the business."""
    sql = """
        SELECT MAX(p.id) FROM loyalty_posting p WHERE {of p} GROUP BY p.business_id, p.key HAVING COUNT(*) > 1"""
    return (f"posting {row[0]}" for row in scope.ask(sql))


def foreign_parts(scope: Scope) -> Iterator[str]:
    """Account, sale, refund, reversed posting, staff and location of a posting are of its business."""
    sql = """
        SELECT p.id FROM loyalty_posting p
        JOIN loyalty_account a ON a.id = p.account_id
        LEFT JOIN loyalty_sale s ON s.id = p.sale_id
        LEFT JOIN loyalty_refund r ON r.id = p.refund_id
        LEFT JOIN loyalty_posting o ON o.id = p.reverses_id
        LEFT JOIN loyalty_staffrole t ON t.id = p.staff_id
        LEFT JOIN loyalty_location l ON l.id = p.location_id
        WHERE {of p} AND (a.business_id <> p.business_id OR s.business_id <> p.business_id
            OR r.business_id <> p.business_id OR o.business_id <> p.business_id OR t.business_id <> p.business_id
            OR l.business_id <> p.business_id)"""
    return (f"posting {row[0]}" for row in scope.ask(sql))


def nameless(scope: Scope) -> Iterator[str]:
    """What came through the counter or the console names the role in which somebody booked it."""
    sql = """
        SELECT p.id FROM loyalty_posting p
        WHERE {of p} AND p.channel IN ('counter', 'console') AND p.staff_id IS NULL"""
    return (f"posting {row[0]}" for row in scope.ask(sql))
