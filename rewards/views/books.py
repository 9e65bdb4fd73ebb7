"""The books: what was issued, what became of it, what is outstanding, and what that is worth."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty.engine.amounts import Rounding, round_fraction, to_decimal
from loyalty.models import Role
from loyalty.queries.books import COLUMNS, Books, UnitBook, books
from loyalty.spreadsheet import Cell, csv_response
from loyalty.web import BusinessRequest, page, staff_page
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


@require_safe
@staff_page(Role.MANAGER)
def overview(request: BusinessRequest) -> HttpResponse:
    """Show the books of a year, unit by unit, and whether they balance."""
    found, worth = _books(request), worth_of_units(request.business)
    parts = [Priced(book, worth.get(book.unit.pk)) for book in found.units]
    return page(request, "rewards/console/books.html", {"books": found, "parts": parts})


@require_safe
@staff_page(Role.MANAGER)
def download(request: BusinessRequest) -> HttpResponse:
    """Give the books of a year as a CSV file."""
    found = _books(request)
    head = [_("Unit"), _("Month"), _("Opening balance"), *(str(column.label) for column in COLUMNS)]
    head += [_("Outstanding"), _("Owed"), _("Forgiven")]
    return csv_response(f"{request.business.slug}-books-{found.year}.csv", head, _lines(found))


def _books(request: BusinessRequest) -> Books:
    return books(request.business, timezone.now(), year=request.GET.get("year", ""))


def _lines(found: Books) -> Iterator[list[Cell]]:
    for book in found.units:
        shown = [column.code for column in book.columns]
        for row in book.rows:
            cells = dict(zip(shown, row.cells, strict=True))
            amounts = [row.opening, *(cells.get(column.code, 0) for column in COLUMNS)]
            amounts += [row.closing, row.owed, row.forgiven]
            yield [
                book.unit.name,
                f"{row.first:%Y-%m}",
                *(to_decimal(amount, digits=book.unit.decimals) for amount in amounts),
            ]
