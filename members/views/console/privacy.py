"""The console's privacy pages: what is asked and how members answered, the proof, and who looked at whom."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from loyalty.models import Role
from loyalty.queries.keyset import newest_first
from loyalty.step_up import fresh_proof
from loyalty.web import BusinessRequest, page, staff_page
from members.domain.view_log import log_view
from members.models import ConsentEventKind, Member
from members.queries.consent_report import notice_rows, purpose_rows, recent_answers
from members.queries.notices import missing_facts
from members.queries.receipts import member_with_proof, proof
from members.queries.view_log import described, lookers, looks_of_business

PAGE_SIZE = 50


@require_safe
@staff_page(Role.MANAGER)
def overview(request: BusinessRequest) -> HttpResponse:
    """Show the privacy texts, the purposes and how many members said what."""
    notices, versions = notice_rows(request.business, [code for code, _name in settings.LANGUAGES])
    rows = purpose_rows(request.business, translation.get_language() or request.business.language)
    return page(
        request,
        "members/console/privacy.html",
        {
            "notices": notices,
            "versions": versions,
            "missing": missing_facts(request.business),
            "asked": [row for row in rows if row.boxes],
            "needed": [row for row in rows if not row.boxes],
            "may_edit": request.role is not None and request.role.may(Role.OWNER),
        },
    )


@require_safe
@staff_page(Role.MANAGER)
def answers(request: BusinessRequest) -> HttpResponse:
    """List what members answered, the newest first; showing names is noted."""
    kind = request.GET.get("kind", "")
    found = newest_first(
        recent_answers(request.business, kind=kind),
        size=PAGE_SIZE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    _note(request, None, "members:console-answers", len({event.member_id for event in found.rows}))
    return page(
        request,
        "members/console/privacy_answers.html",
        {
            "events": found.rows,
            "kind": kind,
            "kinds": ConsentEventKind.choices,
            "newer": _with(found.newer, kind=kind),
            "older": _with(found.older, kind=kind),
        },
    )


@require_safe
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("A download of the consents of a member"), download=True)
def consent_proof(request: BusinessRequest, member: UUID) -> HttpResponse:
    """Give everything that proves one member's consents as a JSON file; taking it is noted."""
    found = member_with_proof(request.business, member)
    if found is None:
        raise Http404
    _note(request, found, "members:console-proof", 1)
    response = JsonResponse(proof(found), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="consent-proof-{member}.json"'
    return response


@require_safe
@staff_page(Role.MANAGER)
def views(request: BusinessRequest) -> HttpResponse:
    """List who of the staff looked at members' data, all or one of them."""
    staff = request.GET.get("staff", "")
    found = newest_first(
        looks_of_business(request.business, staff=staff),
        size=PAGE_SIZE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return page(
        request,
        "members/console/privacy_views.html",
        {
            "looks": described(request.business, found.rows),
            "staff": staff,
            "lookers": lookers(request.business),
            "newer": _with(found.newer, staff=staff),
            "older": _with(found.older, staff=staff),
        },
    )


def _note(request: BusinessRequest, member: Member | None, name: str, rows: int) -> None:
    assert request.actor.user is not None
    log_view(member=member, user=request.actor.user, business=request.business, page=name, rows=rows, at=timezone.now())


def _with(link: str, **filters: str) -> str:
    """Return a query string of a neighbouring page that keeps the filters."""
    kept = "".join(f"&{name}={value}" for name, value in filters.items() if value)
    return link + kept if link else ""
