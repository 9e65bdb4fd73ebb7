"""What was done in a business, for its owner."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from loyalty.activity import topics
from loyalty.models import Role
from loyalty.queries.activity import events
from loyalty.web import BusinessRequest, page, staff_page

PAGE = 40


@require_safe
@staff_page(Role.OWNER)
def activity(request: BusinessRequest) -> HttpResponse:
    """Show who did what and when; to be narrowed to one person or one kind of thing."""
    person, topic = _uuid(request.GET.get("person", "")), request.GET.get("kind", "")
    topic = topic if topic in topics() else ""
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    found = events(request.business, size=PAGE, person=person, topic=topic, before=before, after=after)
    chosen = urlencode({"person": person or "", "kind": topic}) if person or topic else ""
    context = {
        "page": found,
        "person": person,
        "kind": topic,
        "kinds": topics(),
        "newer": _with(found.newer, chosen),
        "older": _with(found.older, chosen),
    }
    return page(request, "loyalty/console/activity.html", context, part="list")


def _with(link: str, chosen: str) -> str:
    """Return the link of a page with what was chosen above the list."""
    return f"{link}&{chosen}" if link and chosen else link


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
