"""A member's privacy: what is asked, what was answered, who looked. And the privacy notice, for everybody."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from loyalty.web import page
from members.domain import consent
from members.domain.consent import NotAsked, TooManyTurns
from members.engine.notice_text import blocks
from members.forms.consent import ChoiceForm
from members.models import Notice
from members.queries.consent import current_notice, questions, topics
from members.queries.notices import all_notices, notice_version
from members.queries.receipts import acts, events_of_receipt, receipt_of
from members.queries.view_log import looks_at
from members.web import MemberRequest, PortalRequest, answer_context, person_page, portal_page

PAGE = "members/portal/privacy.html"
LOOKS = 20
ACTS = 10
LOOK_AGAIN = lazy("That could not be saved. Please look again at what is asked now.")


@require_safe
@person_page
def overview(request: MemberRequest) -> HttpResponse:
    """Show every purpose with its switches, every answer so far, and who of the staff looked at the record."""
    return _overview(request)


@require_POST
@person_page
def answer(request: MemberRequest) -> HttpResponse:
    """Turn one switch: a yes or a no to one purpose on one channel."""
    notice = current_notice(request.business, _language())
    form = ChoiceForm(request.POST, questions(request.business, _language(), unused=True), notice)
    if notice is None or not form.is_valid():
        return _refused(request, str(LOOK_AGAIN))
    try:
        consent.record_answers(
            member=request.member,
            answers=form.answers(),
            notice=notice,
            context=answer_context(request, form=PAGE),
            by=request.actor,
            at=timezone.now(),
            confirmed=True,
        )
    except NotAsked:
        return _refused(request, str(LOOK_AGAIN))
    except TooManyTurns:
        return _refused(request, _("You switched this on ten times within a day. You can do so again tomorrow."))
    messages.success(request, _("Saved."))
    return _changed(request)


def _refused(request: MemberRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return _overview(request, status=422)


@require_POST
@person_page
def stop(request: MemberRequest) -> HttpResponse:
    """Take every consent back at once."""
    context = answer_context(request, form=PAGE)
    consent.withdraw_all(member=request.member, context=context, by=request.actor, at=timezone.now())
    messages.success(request, _("Everything is taken back. You keep your points."))
    return _changed(request)


def _changed(request: MemberRequest) -> HttpResponse:
    return _overview(request) if request.htmx else redirect("members:privacy", business=request.business.slug)


def _overview(request: MemberRequest, status: int = 200) -> HttpResponse:
    found = topics(request.member, _language())
    answered = acts(request.member)
    return page(
        request,
        PAGE,
        {
            "member": request.member,
            "asked": [topic for topic in found if topic.choices],
            "notice": current_notice(request.business, _language()),
            "needed": [topic for topic in found if not topic.choices],
            "anything_on": any(choice.is_on for topic in found for choice in topic.choices),
            "acts": answered if "all" in request.GET else answered[:ACTS],
            "older_acts": 0 if "all" in request.GET else max(0, len(answered) - ACTS),
            "looks": looks_at(request.member, limit=LOOKS),
        },
        part="choices",
        status=status,
    )


@require_safe
@person_page
def receipt(request: MemberRequest, receipt: UUID) -> HttpResponse:
    """Show what was answered at once, with all that proves it, to read or to print."""
    events = events_of_receipt(request.member, receipt)
    if not events:
        raise Http404
    values = {"member": request.member, "events": events, "first": events[0], "notice": events[0].notice}
    return page(request, "members/portal/privacy_receipt.html", values)


@require_safe
@person_page
def receipt_json(request: MemberRequest, receipt: UUID) -> HttpResponse:
    """Give the receipt as a JSON file."""
    events = events_of_receipt(request.member, receipt)
    if not events:
        raise Http404
    response = JsonResponse(receipt_of(events), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="consent-{receipt}.json"'
    return response


@require_safe
@portal_page
def notice(request: PortalRequest) -> HttpResponse:
    """Show the privacy notice that holds now, in the visitor's language or the business's own."""
    found = current_notice(request.business, _language())
    if found is None:
        raise Http404
    return _notice(request, found)


@require_safe
@portal_page
def notice_at(request: PortalRequest, version: int) -> HttpResponse:
    """Show one version of the privacy notice as it was published."""
    found = notice_version(request.business, version)
    if found is None:
        raise Http404
    return _notice(request, found)


def _notice(request: PortalRequest, notice: Notice) -> HttpResponse:
    versions = list(all_notices(request.business))
    newest = next(other for other in versions if other.language == notice.language)
    return page(
        request,
        "members/portal/privacy_notice.html",
        {
            "member": request.member,
            "notice": notice,
            "blocks": blocks(notice.text),
            "is_current": notice == newest,
            "newest": newest,
            "versions": versions,
        },
    )


def _language() -> str:
    return translation.get_language() or "en"
