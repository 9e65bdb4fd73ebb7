"""The books of a business with what is outstanding in them is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from loyalty.engine.amounts import Rounding, round_fraction
from loyalty.models import Business
from loyalty.queries import books as ledger_books
from loyalty.queries.books import Books, UnitBook
from loyalty.queries.snapshot import of_one_moment
from rewards.queries.worth import worth_of_units


@dataclass(frozen=True, slots=True)
class Priced:
    """A unit's book with the worth of one of its smallest parts in money, None where it has none."""

    book: UnitBook
    each: Fraction | None

    @property
    def worth(self) -> int | None:
        """What is outstanding is worth so much at most, in the currency's smallest parts, rounded up."""
        return self._money(self.book.held)

    @property
    def falling(self) -> list[tuple[object, int | None, int]]:
        """What runs out in each month, its worth, and its size in hundredths of the largest."""
        highest = self.book.highest
        return [(each, self._money(each.amount), max(1, 100 * each.amount // highest)) for each in self.book.falling]

    def _money(self, amount: int) -> int | None:
        return None if self.each is None else round_fraction(amount * self.each, Rounding.UP)


@dataclass(frozen=True, slots=True)
class PricedBooks:
    """The books of a year, and each unit's part with its worth."""

    books: Books
    parts: Sequence[Priced]


@of_one_moment
def priced_books(business: Business, at: datetime, *, year: str = "") -> PricedBooks:
    """Return the books of a year as loyalty.queries.books does, and the worth of each unit. Six queries."""
    found, worth = ledger_books.books(business, at, year=year), worth_of_units(business)
    return PricedBooks(found, [Priced(book, worth.get(book.unit.pk)) for book in found.units])
