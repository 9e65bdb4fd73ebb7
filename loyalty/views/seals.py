"""The seals of the books: the head of the chain at the end of each day, to be kept elsewhere."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty.models import Role
from loyalty.queries.chain import seals_of
from loyalty.spreadsheet import csv_response
from loyalty.web import BusinessRequest, page, staff_page

SHOWN = 31


@require_safe
@staff_page(Role.MANAGER)
def seals(request: BusinessRequest) -> HttpResponse:
    """Show the seals of the last month of days."""
    return page(request, "loyalty/console/seals.html", {"seals": seals_of(request.business)[:SHOWN]})


@require_safe
@staff_page(Role.MANAGER)
def download(request: BusinessRequest) -> HttpResponse:
    """Give all seals as a CSV file."""
    rows = seals_of(request.business).values_list("day", "number", "digest").iterator()
    head = [_("Day"), _("Postings"), _("Seal")]
    lines = ((day.isoformat(), number, digest) for day, number, digest in rows)
    return csv_response(f"{request.business.slug}-seals.csv", head, lines)
