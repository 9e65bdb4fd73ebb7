"""Invariants of sales, refunds and limits: what the ledger follows."""

from collections.abc import Iterator

from loyalty.queries.verify.rows import Scope, each_in


def refunded(scope: Scope) -> Iterator[str]:
    """The refunds of a standing sale sum to what is noted on it, at most what was paid."""
    sql = """
        SELECT s.id FROM loyalty_sale s LEFT JOIN loyalty_refund r ON r.sale_id = s.id AND r.undone_at IS NULL
        WHERE {of s} AND s.undone_at IS NULL GROUP BY s.id, s.refunded, s.total
        HAVING s.refunded <> COALESCE(SUM(r.amount), 0) OR s.refunded > s.total"""
    return (f"sale {row[0]}" for row in scope.ask(sql))


def returned_lines(scope: Scope) -> Iterator[str]:
    """What came back of a line of a standing sale is what its refunds say, and no more than was sold."""
    sql = f"""
        SELECT n.id FROM loyalty_saleline n JOIN loyalty_sale s ON s.id = n.sale_id
        LEFT JOIN (
            SELECT CAST(part.key AS BIGINT) AS line, SUM(CAST(part.value AS BIGINT)) AS quantity
            FROM loyalty_refund r, {each_in("r.lines", "part")} WHERE r.undone_at IS NULL GROUP BY part.key
        ) back ON back.line = n.id
        WHERE {{of s}} AND s.undone_at IS NULL AND (n.returned_thousandths <> COALESCE(back.quantity, 0)
            OR (n.returned_thousandths > n.quantity_thousandths AND n.returned_thousandths > 0))"""
    return (f"sale line {row[0]}" for row in scope.ask(sql))


def recorded_twice(scope: Scope) -> Iterator[str]:
    """A key is that of one sale or one refund of the business, a receipt's number that of one standing sale."""
    sale = "SELECT MAX(s.id) FROM loyalty_sale s WHERE {of s} GROUP BY s.business_id, s.key HAVING COUNT(*) > 1"
    receipt = """
        SELECT MAX(s.id) FROM loyalty_sale s WHERE {of s} AND s.receipt IS NOT NULL AND s.undone_at IS NULL
        GROUP BY s.business_id, s.receipt HAVING COUNT(*) > 1"""
    refund = "SELECT MAX(r.id) FROM loyalty_refund r WHERE {of r} GROUP BY r.business_id, r.key HAVING COUNT(*) > 1"
    yield from (f"sale {row[0]}" for row in scope.ask(sale))
    yield from (f"sale {row[0]}" for row in scope.ask(receipt))
    yield from (f"refund {row[0]}" for row in scope.ask(refund))


def undone_but_earned(scope: Scope) -> Iterator[str]:
    """What a sale earned, wherever it was moved, is reversed when the sale is undone."""
    sql = """
        SELECT s.id FROM loyalty_sale s
        JOIN loyalty_posting p ON p.sale_id = s.id AND p.kind IN ('purchase', 'visit')
        LEFT JOIN loyalty_posting gone ON gone.reverses_id = p.id AND gone.kind IN ('undo', 'move')
        WHERE {of s} AND s.undone_at IS NOT NULL AND gone.id IS NULL"""
    return (f"sale {row[0]}" for row in scope.ask(sql))


def moved_elsewhere(scope: Scope) -> Iterator[str]:
    """A sale that was moved stands where its last move put it, and each move began where the one before it ended."""
    sql = """
        SELECT s.id FROM loyalty_sale s JOIN loyalty_salemove m ON m.sale_id = s.id
        LEFT JOIN loyalty_salemove after ON after.id =
            (SELECT MIN(n.id) FROM loyalty_salemove n WHERE n.sale_id = m.sale_id AND n.id > m.id)
        WHERE {of s} AND COALESCE(m.target_id, 0) <>
            CASE WHEN after.id IS NULL THEN COALESCE(s.account_id, 0) ELSE COALESCE(after.source_id, 0) END"""
    return (f"sale {row[0]}" for row in scope.ask(sql))


def over_limit(scope: Scope) -> Iterator[str]:
    """What a rule gave to an account on a day is at most its limit, and never less than nothing.

    A purchase that was moved there brings its whole award along, also beyond the limit.
    """
    sql = """
        SELECT u.account_id, u.rule_id, u.day FROM loyalty_ruleuse u
        JOIN loyalty_account a ON a.id = u.account_id JOIN loyalty_earningrule r ON r.id = u.rule_id
        JOIN loyalty_posting p ON p.id = u.posting_id
        WHERE {of a} GROUP BY u.account_id, u.rule_id, u.day, r.limit_per_day, r.limit_from, r.earlier_limit_per_day
        HAVING SUM(u.amount) < 0 OR (SUM(u.amount) >
                CASE WHEN u.day < r.limit_from THEN r.earlier_limit_per_day ELSE r.limit_per_day END
            AND SUM(CASE WHEN SUBSTR(p.key, 1, 5) = 'move:' AND u.amount > 0 THEN 1 ELSE 0 END) = 0)"""
    return (f"account {account}, rule {rule}, {day}" for account, rule, day in scope.ask(sql))
