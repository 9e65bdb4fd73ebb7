"""Going live: what is still missing, what changes, what that would take from whom, and the button."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty import readiness
from loyalty.domain.announcements import AnnouncementError
from loyalty.domain.program import NothingToPublish
from loyalty.forms.policies import HoldsFromForm
from loyalty.models import ProgramVersion, Role
from loyalty.queries.caps import reached
from loyalty.queries.explain import changes_in_words, policy_in_words
from loyalty.queries.policies import Planned, foresee, planned
from loyalty.queries.program import draft_version, live_program, live_version, load_program, says_the_same
from loyalty.queries.reasons import day_in_words
from loyalty.templatetags.formats import babel_locale
from loyalty.web import BusinessRequest, page, staff_page
from rewards.domain import setup
from rewards.domain.setup import NothingChanged, NotReady
from rewards.queries.catalogue import drafts_for


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def go_live(request: BusinessRequest) -> HttpResponse:
    """List what is missing, and take the draft live once nothing is.

    For owners and managers: who may fill the catalogue gives value away already, so keeping this button for
    owners would guard nothing. The audit names who pressed it.
    """
    business, now = request.business, timezone.now()
    row = draft_version(business)
    plan = planned(row, live_version(business), now) if row else None
    if request.method != "POST":
        return _show(request, row, plan)
    form = _form(plan, request.POST)
    if form and not form.is_valid():
        return _show(request, row, plan, form, status=422)
    if form and "preview" in request.POST:
        return _show(request, row, plan, form)
    day = form.cleaned_data["holds_from"] if form else None
    try:
        setup.go_live(business=business, by=request.actor, at=now, holds_from=day)
    except (NotReady, NothingToPublish, NothingChanged, AnnouncementError):
        return _show(request, row, plan, form, status=422)
    messages.success(request, _done(day))
    return redirect("loyalty:program", business=business.slug)


def _done(day: date | None) -> str:
    if day is None:
        return _("You are live. From now on, every purchase counts.")
    return _("You are live. What members would lose by it holds from %(day)s.") % {"day": day_in_words(day)}


def _form(plan: Planned | None, data: QueryDict | None = None) -> HoldsFromForm | None:
    return HoldsFromForm(data, first=plan.first_day, suggested=plan.suggested) if plan else None


def _show(
    request: BusinessRequest, row: ProgramVersion | None, plan: Planned | None, form: HoldsFromForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    business = request.business
    live = live_program(business)
    unchanged = bool(row and live and says_the_same(row, live.version))
    # Pages of the settings lead back here once they are saved.
    back = urlencode({"next": request.path})
    issues = [(issue, f"{issue.url(business)}?{back}") for issue in readiness.issues(business)]
    missing = [issue for issue, _url in issues if issue.blocking]
    context = {
        "draft": row,
        "live": live,
        "issues": issues,
        "missing": missing,
        "unchanged": unchanged,
        "ready": row is not None and not unchanged and (live is not None or not missing),
        "changes": changes_in_words(live, load_program(row), babel_locale()) if row else None,
        "rewards": drafts_for(row) if row and live is None else [],
        **(_losses(request, plan, form) if plan else {}),
    }
    return page(request, "rewards/console/go_live.html", context, status=status)


def _losses(request: BusinessRequest, plan: Planned, form: HoldsFromForm | None) -> dict[str, object]:
    """Return what each change would take, if it held from the day of the form, or else the one that is suggested."""
    business, now = request.business, timezone.now()
    shown = form or HoldsFromForm(first=plan.first_day, suggested=plan.suggested)
    day = shown.cleaned_data.get("holds_from", plan.suggested) if shown.is_bound else plan.suggested
    return {
        "form": shown,
        "plan": plan,
        "from_day": day,
        "losses": [
            (foresee(change, from_day=day), policy_in_words(change.before), policy_in_words(change.after))
            for change in plan.policies
        ],
        "limits": [(change, reached(change, business, now)) for change in plan.limits],
    }
