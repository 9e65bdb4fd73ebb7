"""Enrolling somebody at the till in a few seconds."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty.engine import codes
from members.domain import counter
from members.domain.counter import Answers, CardTaken, Newcomer
from members.domain.enrolment import AlreadyMember
from members.forms.counter import EnrolForm
from members.models import CollectionMethod, Member
from members.queries.consent import current_notice, questions
from members.queries.till import customer_at
from members.views.counter.guard import CounterRequest, counter_page, notice_link, till_page
from members.web import answer_context

PAGE = "enrol.html"
ASKED_IN = "members/counter/enrol_card.html"


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def enrol(request: CounterRequest) -> HttpResponse:
    """Enrol somebody; who is a member already is shown instead."""
    asked = questions(request.business, _language())
    if request.method != "POST":
        form = EnrolForm(business=request.business, questions=asked, initial=_waiting_card(request))
        return till_page(request, PAGE, {"form": form, "notice_link": notice_link(request)})
    form = EnrolForm(request.POST, business=request.business, questions=asked)
    if form.is_valid():
        done = _enrol(request, form)
        if done:
            return done
    return till_page(request, PAGE, {"form": form, "notice_link": notice_link(request)}, status=422)


def _waiting_card(request: CounterRequest) -> dict[str, str]:
    """Return the card of the account that a name is to be added to, if the page was opened for one."""
    try:
        customer = customer_at(request.business, UUID(request.GET.get("account", "")))
    except ValueError:
        return {}
    return {"card": codes.grouped(customer.account.card_code)} if customer and not customer.member else {}


def _enrol(request: CounterRequest, form: EnrolForm) -> HttpResponse | None:
    newcomer = Newcomer(form.person(), card=form.cleaned_data["card"], answers=_answers(request, form))
    try:
        member = counter.enrol(business=request.business, newcomer=newcomer, by=request.actor, at=timezone.now())
    except CardTaken:
        form.add_error("card", _("This card belongs to somebody already. Scan it to see whose it is."))
        return None
    except AlreadyMember as known:
        if known.member is None:
            form.add_error(None, _("Somebody enrolled this customer at the same moment. Search once more."))
            return None
        messages.info(request, _("%(name)s is a member already.") % {"name": known.member})
        return _open(request, known.member)
    messages.success(request, _("Welcome, %(name)s!") % {"name": member.name})
    return _open(request, member)


def _answers(request: CounterRequest, form: EnrolForm) -> Answers | None:
    notice, given = current_notice(request.business, _language()), form.said_yes()
    if notice is None or not given:
        return None
    context = answer_context(request, form=ASKED_IN, method=CollectionMethod.COUNTER)
    return Answers(given, notice, context)


def _open(request: CounterRequest, member: Member) -> HttpResponse:
    return redirect("members:counter-member", business=request.business.slug, account=member.account.public_id)


def _language() -> str:
    return translation.get_language() or "en"
