"""Proof of the books from their rows: every invariant by name, every row at fault by its number.

Add an invariant by writing its function in the file of its topic and naming it in invariants.py; an app above this one
registers its own when it is ready.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from loyalty.models import Business
from loyalty.queries.snapshot import of_one_moment
from loyalty.queries.verify.invariants import INVARIANTS
from loyalty.queries.verify.rows import Invariant, Scope

__all__ = ["INVARIANTS", "Finding", "Invariant", "invariants", "register", "verify"]

NAMED = 100
"""Rows at fault that a finding names; the others are counted."""

_of_other_apps: dict[str, Invariant] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant, how many rows of which kind it looked at, how many break it, and the first of these by name."""

    invariant: str
    rows: str
    checked: int
    number: int
    faults: tuple[str, ...]


def register(*found: Invariant) -> None:
    """Add invariants of an app above; the same name again replaces the earlier one."""
    _of_other_apps.update({invariant.name: invariant for invariant in found})


def invariants() -> list[Invariant]:
    """Return the invariants of all apps."""
    return [*INVARIANTS, *_of_other_apps.values()]


def verify(business: Business | None = None, *, at: datetime | None = None) -> Iterator[Finding]:
    """Check every invariant, of one business or of all; yield a finding for each, also where nothing is wrong.

    Each is judged by the rows of one moment, so that what is booked meanwhile is no fault; not all by the same one: the
    whole takes minutes, and for so long no database should have to keep what was.
    at is now: it tells which postings should be in the chain by now; without it none is late.
    """
    scope = Scope(business.pk if business else None, at)
    counted: dict[str, int] = {}
    for invariant in invariants():
        rows = invariant.rows
        if rows.name not in counted:
            ((counted[rows.name],),) = scope.ask(rows.count)
        named, number = _faults(invariant, scope)
        yield Finding(invariant.name, rows.name, counted[rows.name], number, named)


@of_one_moment
def _faults(invariant: Invariant, scope: Scope) -> tuple[tuple[str, ...], int]:
    """Return the first rows at fault by name, and how many there are."""
    faults = iter(invariant.check(scope))
    named = tuple(islice(faults, NAMED))
    return named, len(named) + sum(1 for _ in faults)
