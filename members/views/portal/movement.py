"""One movement of a member, with everything behind it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from loyalty.web import page
from members.queries.statement import movement_of
from members.web import MemberRequest, member_page


@require_safe
@member_page
def show(request: MemberRequest, movement: UUID) -> HttpResponse:
    """Show one booking of the member's own: why, until when, and what it has to do with others."""
    found = movement_of(request.member.account, movement)
    if found is None:
        raise Http404
    return page(request, "members/portal/movement.html", {"movement": found})
