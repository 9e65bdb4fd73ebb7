"""Going live: what is still missing, what changes, and the button."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty import readiness
from loyalty.domain.program import NothingToPublish
from loyalty.models import Role
from loyalty.queries.explain import changes_in_words
from loyalty.queries.program import draft_version, live_program, load_program
from loyalty.templatetags.formats import babel_locale
from loyalty.web import BusinessRequest, page, staff_page
from rewards.domain import setup
from rewards.domain.setup import NotReady
from rewards.queries.catalogue import drafts_for


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def go_live(request: BusinessRequest) -> HttpResponse:
    """List what is missing, and take the draft live once nothing is.

    For owners and managers: who may fill the catalogue gives value away already, so keeping this button for
    owners would guard nothing. The audit names who pressed it.
    """
    if request.method != "POST":
        return _show(request)
    try:
        setup.go_live(business=request.business, by=request.actor, at=timezone.now())
    except (NotReady, NothingToPublish):
        return _show(request, status=422)
    messages.success(request, _("You are live. From now on, every purchase counts."))
    return redirect("loyalty:program", business=request.business.slug)


def _show(request: BusinessRequest, status: int = 200) -> HttpResponse:
    business = request.business
    row, live = draft_version(business), live_program(business)
    issues = [(issue, issue.url(business)) for issue in readiness.issues(business)]
    missing = [issue for issue, _url in issues if issue.blocking]
    context = {
        "draft": row,
        "live": live,
        "issues": issues,
        "missing": missing,
        "ready": row is not None and (live is not None or not missing),
        "changes": changes_in_words(live, load_program(row), babel_locale()) if row else None,
        "rewards": drafts_for(row) if row and live is None else [],
    }
    return page(request, "rewards/console/go_live.html", context, status=status)
