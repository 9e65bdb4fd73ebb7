"""The first page of the console."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty.models import Role
from loyalty.second_factor import is_missing
from loyalty.web import BusinessRequest, page, staff_page
from members.queries.overview import set_up, this_week
from members.queries.recent import recent

SHOWN = 8


@require_safe
@staff_page(Role.MANAGER)
def home(request: BusinessRequest) -> HttpResponse:
    """Show what is left to set up, how this week goes and what happened at the till."""
    business, now = request.business, timezone.now()
    steps = set_up(business)
    context = {
        "set_up": steps,
        "checklist": not steps.complete and business.checklist_hidden_at is None,
        "second_factor_missing": is_missing(request),
        "overview": this_week(business, now) if steps.program.purchase else None,
        "recent": recent(business, None, request.role, now).rows[:SHOWN],
        "now": now,
    }
    return page(request, "members/console/home.html", context)
