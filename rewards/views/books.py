"""The books: what was issued, what became of it, what is outstanding, and what that is worth."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty.engine.amounts import to_decimal
from loyalty.models import Role
from loyalty.queries.books import COLUMNS, Books, books
from loyalty.spreadsheet import Cell, csv_response
from loyalty.web import BusinessRequest, page, staff_page
from rewards.queries.books import priced_books


@require_safe
@staff_page(Role.MANAGER)
def overview(request: BusinessRequest) -> HttpResponse:
    """Show the books of a year, unit by unit, and whether they balance."""
    found = priced_books(request.business, timezone.now(), year=request.GET.get("year", ""))
    return page(request, "rewards/console/books.html", {"books": found.books, "parts": found.parts})


@require_safe
@staff_page(Role.MANAGER)
def download(request: BusinessRequest) -> HttpResponse:
    """Give the books of a year as a CSV file."""
    found = books(request.business, timezone.now(), year=request.GET.get("year", ""))
    head = [_("Unit"), _("Month"), _("Opening balance"), *(str(column.label) for column in COLUMNS)]
    head += [_("Outstanding"), _("Owed"), _("Forgiven")]
    return csv_response(f"{request.business.slug}-books-{found.year}.csv", head, _lines(found))


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
