"""Invariants of what was announced about expiry."""

from collections.abc import Iterator
from typing import Any

from loyalty.models import Unit
from loyalty.queries.verify.rows import Scope


def kept(scope: Scope) -> Iterator[str]:
    """What a unit keeps of its expiry by day is what the announcements come to, and its policy is the last of it.

    Each takes the place of those before it whose day is not before its own. A unit whose policy never changed has none.
    """
    said: dict[int, list[list[Any]]] = {}
    sql = """
        SELECT p.unit_id, p.from_day, p.expiry, p.expiry_count, p.id FROM loyalty_unitpolicy p
        WHERE {of p} ORDER BY p.unit_id, p.id"""
    for unit_id, day, *rest in scope.ask(sql):
        since = str(day) if day else None
        earlier = [each for each in said.get(unit_id, []) if each[0] is None or (since and each[0] < since)]
        said[unit_id] = [*earlier, [since, *rest]]
    units = Unit.objects.order_by("pk")
    for unit in units.filter(business=scope.business_id) if scope.business_id else units:
        steps = said.get(unit.pk)
        if (unit.steps_kept or None) != steps or (steps and steps[-1][1:3] != [unit.expiry, unit.expiry_count]):
            yield f"unit {unit.pk}"


def strays(scope: Scope) -> Iterator[str]:
    """An announcement is of its unit's business, and what is given back of one is of its business."""
    sql = """
        SELECT p.id FROM loyalty_unitpolicy p JOIN loyalty_unit u ON u.id = p.unit_id
        WHERE u.business_id <> p.business_id AND {of p}"""
    yield from (f"expiry policy {row[0]}" for row in scope.ask(sql))
    sql = """
        SELECT r.id FROM loyalty_policyreturn r JOIN loyalty_unitpolicy p ON p.id = r.policy_id
        WHERE r.business_id <> p.business_id AND {of r}"""
    yield from (f"return {row[0]}" for row in scope.ask(sql))
