"""What a member has, and what happened: the page to come back to, and the whole history."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty.web import page
from members.queries.activity import history
from members.queries.dashboard import dashboard
from members.web import MemberRequest, member_page

ROWS = 20


@require_safe
@member_page
def overview(request: MemberRequest) -> HttpResponse:
    """Show balances, the way to the next reward, what runs out when, and what happened lately."""
    found = dashboard(request.member, timezone.now())
    return page(request, "members/portal/dashboard.html", {"dashboard": found})


@require_safe
@member_page
def activity(request: MemberRequest) -> HttpResponse:
    """Show everything that happened, page by page, and why."""
    found = history(
        request.member.account,
        size=ROWS,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return page(request, "members/portal/activity.html", {"history": found})
