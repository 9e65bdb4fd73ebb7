"""A member's statement: month by month on the page, on paper, and as a file."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty.spreadsheet import csv_response
from loyalty.web import page
from members.queries.statement import all_rows, statement
from members.queries.statement_table import heads, lines
from members.web import MemberRequest, member_page

ON_PAPER = 1000


@require_safe
@member_page
def overview(request: MemberRequest) -> HttpResponse:
    """Show a month of one unit: what was there, what came and went, what is there, and why."""
    asked = request.GET
    found = statement(
        request.member.account,
        timezone.now(),
        unit=asked.get("unit", ""),
        month=asked.get("month", ""),
        upto=asked.get("upto", ""),
    )
    return page(request, "members/portal/statement.html", {"statement": found})


@require_safe
@member_page
def sheet(request: MemberRequest) -> HttpResponse:
    """Show a whole month of one unit as it goes on paper."""
    unit, month = request.GET.get("unit", ""), request.GET.get("month", "")
    found = statement(request.member.account, timezone.now(), unit=unit, month=month, size=ON_PAPER)
    back = reverse("members:statement", kwargs={"business": request.business.slug})
    context = {"statement": found, "now": timezone.now(), "holder": request.member, "back_url": back, "theme": "light"}
    return page(request, "members/statement/sheet.html", context)


@require_safe
@member_page
def download(request: MemberRequest) -> HttpResponse:
    """Give the movements of a month, or of always, of every unit as a CSV file."""
    rows = all_rows(request.member.account, month=request.GET.get("month", ""))
    name = f"{request.business.slug}-statement.csv"
    return csv_response(name, heads(for_staff=False), lines(rows, for_staff=False))
