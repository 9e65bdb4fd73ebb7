"""Invariants of adjustments by hand."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Q

from loyalty.models import Adjustment, AuditEvent
from loyalty.queries.verify.rows import CHUNK, Scope


def booked_otherwise(scope: Scope) -> Iterator[str]:
    """A booked adjustment has a posting of its business that moves its unit by its amount."""
    sql = """
        SELECT j.id FROM loyalty_adjustment j LEFT JOIN loyalty_posting p ON p.id = j.posting_id
        LEFT JOIN loyalty_entry e ON e.posting_id = p.id AND e.unit_id = j.unit_id AND e.kind IN ('add', 'remove')
        WHERE {of j} AND j.state = 'booked' AND (e.id IS NULL OR p.kind <> 'adjustment'
            OR p.business_id <> j.business_id OR e.amount <> j.amount)"""
    return (f"adjustment {row[0]}" for row in scope.ask(sql))


def decided_alone(scope: Scope) -> Iterator[str]:
    """An adjustment above the limit that its unit had when it was asked for was booked by another person."""
    alone = Q(decided_by=None) | Q(decided_by__user=F("asked_by__user"))
    rows = Adjustment.objects.filter(alone, state="booked").order_by("pk")
    if scope.business_id:
        rows = rows.filter(business=scope.business_id)
    history = _limits()
    columns = ("pk", "amount", "asked_at", "business", "unit__code", "unit__adjustment_limit")
    for pk, amount, asked_at, business_id, code, now in rows.values_list(*columns).iterator(CHUNK):
        limits = _limits_at(history[business_id, code], asked_at, now)
        if all(limit is not None and abs(amount) > limit for limit in limits):
            yield f"adjustment {pk}"


type Changes = list[tuple[datetime, int | None]]


def _limits() -> dict[tuple[int | None, str], Changes]:
    """Return, by business and code of the unit, when its limit was set to how much."""
    found: dict[tuple[int | None, str], Changes] = defaultdict(list)
    events = AuditEvent.objects.filter(verb="adjustment.limits_changed").order_by("pk")
    for business_id, at, data in events.values_list("business", "at", "data"):
        for code, limit in data["limits"].items():
            found[business_id, code].append((at, limit))
    return found


def _limits_at(changes: Changes, at: datetime, now: int | None) -> list[int | None]:
    """Return the limit at a moment, and those set at this very moment; a unit begins without one."""
    if not changes:
        return [now]
    before = [limit for moment, limit in changes if moment < at]
    return [before[-1] if before else None, *(limit for moment, limit in changes if moment == at)]
