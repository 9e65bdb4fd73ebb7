"""Conservation by month: what the entries say was issued and what went is what the lots took in and gave."""

from collections.abc import Iterator

from loyalty.queries.verify.rows import Scope, month


def roll_forward(scope: Scope) -> Iterator[str]:
    """Per business, unit and month (of UTC), the change by the entries is the change by the lots.

    So each month's closing, its opening with what was issued, given back, spent, expired and adjusted, is what was in
    the lots at its end; and the last closing is what all balances hold.
    """
    sql = f"""
        SELECT moved.unit_id, moved.month FROM (
            SELECT e.business_id, e.unit_id, {month("e.at")} AS month, e.amount AS amount FROM loyalty_entry e
            UNION ALL
            SELECT l.business_id, l.unit_id, {month("CASE WHEN l.moved_from_id IS NULL THEN l.at ELSE o.at END")},
                -l.amount
            FROM loyalty_lot l JOIN loyalty_entry o ON o.id = l.entry_id
            UNION ALL
            SELECT e.business_id, e.unit_id, {month("e.at")}, u.amount
            FROM loyalty_lotuse u JOIN loyalty_entry e ON e.id = u.entry_id
        ) moved
        WHERE {{of moved}}
        GROUP BY moved.business_id, moved.unit_id, moved.month HAVING SUM(moved.amount) <> 0"""
    return (f"unit {unit}, {when}" for unit, when in scope.ask(sql))
