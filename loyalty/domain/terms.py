"""What purchases earn by one version of a program, as lines for the ledger: reckoned once for all where that can be."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from loyalty.domain import rows
from loyalty.domain.ledger import PlainLine
from loyalty.engine.awards import Award
from loyalty.engine.by_total import ByTotal, Earned, earned
from loyalty.queries.program import LiveProgram


class Terms:
    """A version, which never changes, and what is the same for many purchases. Days are of the business's time zone."""

    def __init__(self, program: LiveProgram) -> None:
        self.program = program
        self.limited = bool(program.limited)
        """Whether what was earned the same day has to be known first."""
        self.wakes = program.wakes
        """Whether an award may first let something lapse."""
        self._by_total = ByTotal(program.rules) if ByTotal.fits(program.rules) else None
        self._good_days: dict[tuple[str, date], tuple[int, str | None, str | None]] = {}

    def of_total(self, total: int, day: date) -> list[PlainLine] | None:
        """Return what a purchase of a total (smallest parts) earns on a day; None where the rules ask for more.

        It is of prices of which no part is paid with a reward.
        """
        return self._lines(self._by_total.earn(total), day) if self._by_total else None

    def of_awards(self, awards: Iterable[Award], day: date) -> list[PlainLine]:
        """Return awards of a day as lines for the ledger."""
        return self._lines(map(earned, awards), day)

    def _lines(self, found: Iterable[Earned], day: date) -> list[PlainLine]:
        return [PlainLine(unit_id, amount, since, until, why)
                for unit, amount, why in found
                for unit_id, since, until in [self._good(unit, day)]]  # fmt: skip

    def _good(self, code: str, day: date) -> tuple[int, str | None, str | None]:
        """Return the id of a unit, and from and through when it is good if awarded on a day."""
        known = self._good_days.get((code, day))
        if known is None:
            unit = self.program.units[code]
            since, until = self.program.good_from(unit, day), self.program.good_until(unit, day)
            known = self._good_days[code, day] = unit.pk, rows.day(since), rows.day(until)
        return known


_SEEN = 256
_seen: dict[UUID, Terms] = {}


def terms_of(program: LiveProgram) -> Terms:
    """Return the terms of a version that is or was live, kept for the process."""
    public_id = program.version.public_id
    terms = _seen.get(public_id)
    if terms is None:
        if len(_seen) >= _SEEN:
            _seen.clear()
        terms = _seen[public_id] = Terms(program)
    return terms
