"""What was booked, counted: figures of one piece of work, added up in the batch."""

from collections.abc import Mapping
from typing import Any

type Figures = dict[str, Any]
"""Counts by name; awarded and taken_back are counts by the id of their unit, as text."""


def add(so_far: Mapping[str, Any], figures: Mapping[str, Any]) -> Figures:
    """Return the sums of two sets of figures."""
    total = dict(so_far)
    for name, value in figures.items():
        total[name] = add(total.get(name, {}), value) if isinstance(value, Mapping) else total.get(name, 0) + value
    return total
