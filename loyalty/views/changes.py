"""Announced changes of what members have: what is to come, what one took, calling one off, giving back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty.domain import announcements
from loyalty.domain.announcements import DayPassed, KeyReused, NothingComing, NothingTaken
from loyalty.engine.days import local_day
from loyalty.forms.policies import GiveBackForm
from loyalty.models import PolicyReturn, Role, UnitPolicy
from loyalty.queries import policies
from loyalty.queries.explain import policy_in_words
from loyalty.step_up import fresh_proof, is_post
from loyalty.tasks import carry_out_return
from loyalty.web import BusinessRequest, page, staff_page


@require_safe
@staff_page(Role.MANAGER)
def listing(request: BusinessRequest) -> HttpResponse:
    """Show the changes of expiry that hold or are to come, and what each took."""
    rows = [
        (each, policy_in_words(each.before), policy_in_words(each.row.step.policy))
        for each in policies.announcements(request.business, timezone.now())
    ]
    return page(request, "loyalty/console/policies.html", {"rows": rows})


@require_POST
@staff_page(Role.MANAGER)
def call_off(request: BusinessRequest) -> HttpResponse:
    """Let nothing come that is announced for a later day."""
    try:
        announcements.call_off(business=request.business, by=request.actor, at=timezone.now())
    except NothingComing:
        messages.info(request, _("No change is to come."))
    else:
        messages.success(request, _("Called off. Everything stays as it is today."))
    return redirect("loyalty:program", business=request.business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("The return of what a change took"), when=is_post)
def give_back(request: BusinessRequest, change: UUID) -> HttpResponse:
    """Give back what a change of expiry took so far, as one act."""
    now = timezone.now()
    found = policies.announcement(request.business, change, now)
    if found is None:
        raise Http404
    form = GiveBackForm(
        request.POST if request.method == "POST" else None, today=local_day(now, request.business.time_zone)
    )
    if form.is_valid():
        returned = _give_back(request, found.row, form)
        if returned:
            carry_out_return.enqueue(returned.pk)
            messages.success(request, _("It is being given back. Members see it, and why."))
            return redirect("loyalty:policies", business=request.business.slug)
    context = {"form": form, "change": found, "words": policy_in_words(found.row.step.policy)}
    return page(request, "loyalty/console/policy_return.html", context, status=422 if form.is_bound else 200)


def _give_back(request: BusinessRequest, change: UnitPolicy, form: GiveBackForm) -> PolicyReturn | None:
    """Give back what a valid form says; None where the form now says why not."""
    values = form.cleaned_data
    try:
        return announcements.give_back(
            change=change, last_good_day=values["last_good_day"], reason=values["reason"], key=values["key"],
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except NothingTaken:
        form.add_error(None, _("The change took nothing that was not given back before."))
    except DayPassed:
        form.add_error("last_good_day", _("This day is over. Enter today or a later day."))
    except KeyReused:
        form.add_error(None, _("This page is too old. Please try once more."))
    return None
