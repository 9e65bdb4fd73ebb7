"""Invariants of merged accounts."""

from collections.abc import Iterator

from loyalty.models import Lot, Unit
from loyalty.queries.verify.days import days_of, zones
from loyalty.queries.verify.rows import CHUNK, Scope

_MOVED_UNLIKE = """
    SELECT l.id FROM loyalty_lot l
    JOIN loyalty_entry e ON e.id = l.entry_id
    LEFT JOIN loyalty_lot was ON was.id = l.moved_from_id
    WHERE (e.kind = 'move_in' OR l.moved_from_id IS NOT NULL) AND {of l}
      AND (was.id IS NULL OR e.kind <> 'move_in' OR was.account_id = l.account_id OR was.unit_id <> l.unit_id
        OR was.business_id <> l.business_id OR was.at <> l.at
        OR COALESCE(CAST(was.last_good_day AS VARCHAR(10)), '') <> COALESCE(CAST(l.last_good_day AS VARCHAR(10)), '')
        OR COALESCE(CAST(was.first_good_day AS VARCHAR(10)), '') <> COALESCE(CAST(l.first_good_day AS VARCHAR(10)), ''))
"""
_NOT_TAKEN_OVER = """
    SELECT l.id FROM loyalty_lot l
    LEFT JOIN (
        SELECT u.lot_id, SUM(u.amount) AS amount FROM loyalty_lotuse u
        JOIN loyalty_entry e ON e.id = u.entry_id AND e.kind = 'move_out' GROUP BY u.lot_id
    ) gone ON gone.lot_id = l.id
    LEFT JOIN (
        SELECT moved_from_id, SUM(amount) AS amount FROM loyalty_lot WHERE moved_from_id IS NOT NULL
        GROUP BY moved_from_id
    ) come ON come.moved_from_id = l.id
    WHERE COALESCE(gone.amount, 0) <> COALESCE(come.amount, 0) AND {of l}"""
_DEBTS_LOST = """
    SELECT e.unit_id FROM loyalty_entry e WHERE e.kind IN ('move_in', 'move_out') AND {of e}
    GROUP BY e.unit_id HAVING SUM(e.owed_change) <> 0 OR SUM(e.amount) <> 0"""


def arrival(scope: Scope) -> Iterator[str]:
    """What left a lot lies in lots of another account, good on the same days; what is owed arrives, too."""
    yield from (f"lot {row[0]}" for row in scope.ask(_MOVED_UNLIKE))
    yield from (f"lot {row[0]}" for row in scope.ask(_NOT_TAKEN_OVER))
    yield from (f"unit {row[0]}" for row in scope.ask(_DEBTS_LOST))


def pointers(scope: Scope) -> Iterator[str]:
    """An account is merged into another one of its business exactly while a merge of the two stands."""
    sql = """
        SELECT a.id FROM loyalty_account a
        LEFT JOIN loyalty_accountmerge m ON m.source_id = a.id AND m.undone_at IS NULL
        LEFT JOIN loyalty_account t ON t.id = a.merged_into_id
        WHERE (COALESCE(a.merged_into_id, 0) <> COALESCE(m.target_id, 0)
            OR t.business_id <> a.business_id OR m.business_id <> a.business_id) AND {of a}"""
    return (f"account {row[0]}" for row in scope.ask(sql))


def emptied(scope: Scope) -> Iterator[str]:
    """A merged account owes nothing and holds nothing that was good on the day of the merge.

    What expires by inactivity may lie there, if the account had been quiet for too long when it was merged.
    """
    sql = """
        SELECT b.id FROM loyalty_balance b JOIN loyalty_account a ON a.id = b.account_id
        WHERE a.merged_into_id IS NOT NULL AND b.owed <> 0 AND {of a}"""
    yield from (f"balance {row[0]}" for row in scope.ask(sql))
    quiet = [unit.pk for unit in Unit.objects.all() if unit.may_go_quiet]
    lots = Lot.objects.filter(account__merges_away__undone_at=None, remaining__gt=0)
    lots = lots.filter(account__merged_into__isnull=False).exclude(unit__in=quiet)
    if scope.business_id:
        lots = lots.filter(business=scope.business_id)
    clocks = zones()
    rows = lots.values_list("pk", "last_good_day", "account__merges_away__merged_at", "business").iterator(CHUNK)
    for pk, last, at, business_id in rows:
        if last is None or all(last >= day for day in days_of(at, clocks[business_id])):
            yield f"lot {pk}"
