"""What a check found in a file: the figures that an owner sees before anything is booked."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from loyalty.engine.imports.stage import Stage

FIRST_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Receipts of one sort, their lines, and what they come to in smallest parts."""

    receipts: int = 0
    lines: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a check.

    rows, receipts, customers and anonymous_rows count all that the file holds, also what is not booked.
    purchases and walk_ins are the purchases with and without a customer, buyers the customers of the former.
    """

    rows: int
    receipts: int
    customers: int
    anonymous_rows: int
    purchases: Tally
    walk_ins: Tally
    returns: Tally
    buyers: int
    first_day: str
    last_day: str
    left_out: dict[str, int] = field(default_factory=dict)
    repeated: int = 0
    problems: dict[str, int] = field(default_factory=dict)
    first_problems: list[list[Any]] = field(default_factory=list)
    known: int = 0
    known_otherwise: int = 0
    known_customers: int = 0

    @property
    def refused(self) -> int:
        """How many rows cannot be used."""
        return sum(self.problems.values())

    @property
    def new_customers(self) -> int:
        """How many customers have no account yet."""
        return self.customers - self.known_customers

    def as_json(self) -> dict[str, Any]:
        """Return the report for keeping."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return a report that was kept."""
        tallies = {name: Tally(**kept[name]) for name in ("purchases", "walk_ins", "returns")}
        return cls(**{**kept, **tallies})


_TALLY = """
    SELECT COUNT(DISTINCT r.id), COUNT(l.line), COALESCE(SUM(l.amount), 0) FROM receipt r
    JOIN line l ON l.receipt = r.id AND (l.again = 0 OR (SELECT value FROM fact WHERE name = 'repeats'))
    WHERE r.position IS NOT NULL AND """

_BUYERS = """
    SELECT COUNT(DISTINCT customer) FROM receipt WHERE NOT is_return AND customer <> '' AND position IS NOT NULL"""


def summarise(stage: Stage, *, known_customers: int) -> Report:
    """Count what a stage holds; known receipts have been marked before."""
    first, last = stage.ask("SELECT MIN(at), MAX(at) FROM receipt WHERE position IS NOT NULL")[0]
    known = dict(stage.ask("SELECT known, COUNT(*) FROM receipt WHERE known IS NOT NULL GROUP BY known"))
    return Report(
        rows=stage.facts["rows"],
        receipts=_one(stage, f"SELECT COUNT(*) FROM {'number' if stage.is_numbered else 'receipt'}"),  # noqa: S608
        customers=_one(stage, "SELECT COUNT(*) FROM customer"),
        anonymous_rows=stage.facts["anonymous"],
        purchases=_tally(stage, "NOT r.is_return AND r.customer <> ''"),
        walk_ins=_tally(stage, "NOT r.is_return AND r.customer = ''"),
        returns=_tally(stage, "r.is_return"),
        buyers=_one(stage, _BUYERS),
        first_day=_day(first),
        last_day=_day(last),
        left_out=dict(stage.ask("SELECT reason, COUNT(*) FROM left_out GROUP BY reason ORDER BY 2 DESC")),
        repeated=_one(stage, "SELECT COUNT(*) FROM line WHERE again"),
        problems=dict(stage.ask("SELECT problem, COUNT(*) FROM problem GROUP BY problem ORDER BY 2 DESC")),
        first_problems=[list(row) for row in stage.problems(FIRST_PROBLEMS)],
        known=sum(known.values()),
        known_otherwise=known.get("other", 0),
        known_customers=known_customers,
    )


def _one(stage: Stage, sql: str) -> int:
    return int(stage.ask(sql)[0][0])


def _tally(stage: Stage, which: str) -> Tally:
    receipts, lines, amount = stage.ask(_TALLY + which)[0]
    return Tally(receipts=receipts, lines=lines, amount=amount)


def _day(at: int | None) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat() if at is not None else ""
