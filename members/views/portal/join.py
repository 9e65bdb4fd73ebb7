"""Joining a business online, and claiming what its counter made: a form, a code, and in."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from loyalty import codes_sent
from loyalty.limits import Limit
from loyalty.models import MessageChannel
from loyalty.senders import sms
from loyalty.web import BusinessRequest, page
from members import letters, pending
from members.domain import claims, contact, joining
from members.domain.consent import AnswerContext
from members.domain.enrolment import ClaimedByAnother, Entrance, LogInClosed, Person
from members.domain.joining import Application, Outcome
from members.engine.notice_text import PARAGRAPH, blocks
from members.forms.claim import CardForm, ClaimForm
from members.forms.join import CodeForm, JoinForm, OpenedForm
from members.models import CollectionMethod, ConsentChannel
from members.pending import Pending
from members.queries.consent import Question, current_notice, questions
from members.queries.memberships import proven_address
from members.queries.notices import notice_version
from members.queries.shopfront import is_live
from members.web import MemberRequest, PortalRequest, answer_context, client_ip, member_page, portal_page, sign_in

FORM, CODE, CLAIM = "members/portal/join.html", "members/portal/join_code.html", "members/portal/claim.html"
FORMS = Limit("join.form", most=60, seconds=3600)
CODES = Limit("join.code", most=200, seconds=3600)
CARDS = Limit("claim.card", most=10, seconds=3600)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def join(request: PortalRequest) -> HttpResponse:
    """Show the form; when it is sent, prove the address by a code, or let in who is logged in."""
    elsewhere = _elsewhere(request)
    if elsewhere:
        return elsewhere
    asked = _asked(request)
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        questions=asked,
        country=request.business.country,
        ask_email=not request.user.is_authenticated,
        ask_phone=sms.is_available(),
        initial=_typed_before(request),
    )
    refusal = _refusal(request, form)
    if refusal:
        return _join_page(request, form, refusal)
    notice = current_notice(request.business, _language())
    context = answer_context(request, form=FORM)
    started = Pending(
        business=request.business.slug,
        email=form.cleaned_data.get("email", ""),
        language=_language(),
        name=form.cleaned_data["name"],
        phone=form.cleaned_data.get("phone", ""),
        card=form.cleaned_data["card"],
        answers=[(purpose, channel, ticked) for (purpose, channel), ticked in form.answers().items()],
        notice=notice.version if notice else None,
        context={"ip": context.ip, "user_agent": context.user_agent, "form_version": context.form_version},
    )
    return _begin(request, started, form) or _join_page(request, form, 429)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def claim(request: PortalRequest) -> HttpResponse:
    """Look for a membership that the counter made, by e-mail address and phone, each proven by a code."""
    if request.member:
        return _claim_page(request, card_form=CardForm())
    form = ClaimForm(
        request.POST if request.method == "POST" else None,
        country=request.business.country,
        ask_email=not request.user.is_authenticated,
        ask_phone=sms.is_available(),
    )
    refusal = _refusal(request, form)
    if refusal:
        return _claim_page(request, form=form, status=refusal)
    started = Pending(
        business=request.business.slug,
        email=form.cleaned_data.get("email", ""),
        language=_language(),
        claiming=True,
        phone=form.cleaned_data.get("phone", ""),
    )
    return _begin(request, started, form) or _claim_page(request, form=form, status=429)


@require_POST
@member_page
def claim_card(request: MemberRequest) -> HttpResponse:
    """Attach the account of an older card to a member who has collected nothing yet."""
    form = CardForm(request.POST)
    if not form.is_valid():
        return _claim_page(request, card_form=form, status=422)
    if not (CARDS.allows(f"user {request.user.pk}") and CARDS.allows(f"ip {client_ip(request)}")):
        form.add_error("card", _("There were too many tries. Wait an hour, or ask at the counter."))
        return _claim_page(request, card_form=form, status=429)
    try:
        claims.attach_card(member=request.member, code=form.cleaned_data["card"], by=request.actor, at=timezone.now())
    except claims.ClaimError as refused:
        form.add_error("card", _why_not(refused))
        return _claim_page(request, card_form=form, status=422)
    messages.success(request, _("Your card is attached. All that was collected with it is here."))
    return redirect("members:dashboard", business=request.business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def code(request: PortalRequest) -> HttpResponse:
    """Ask for the code that was sent, and go on when it comes back."""
    started = pending.load(request, request.business.slug)
    if started is None or not started.channel or (request.user.is_authenticated and not started.email_proven):
        pending.drop(request)
        return redirect("members:join", business=request.business.slug)
    if request.method == "POST" and "skip" in request.POST and started.by_phone:
        started.phone = ""
        return _finish(request, started)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _code_page(request, started, form, 200)
    if not form.is_valid():
        return _code_page(request, started, form, 422)
    if not CODES.allows(client_ip(request)):
        form.add_error("code", _("There were too many tries from here. Please wait an hour."))
        return _code_page(request, started, form, 429)
    try:
        contact.use_code(code_id=started.code, typed=form.cleaned_data["code"], at=timezone.now())
    except contact.ContactError as refused:
        form.add_error("code", _wrong(refused))
        return _code_page(request, started, form, 422)
    return _proven(request, started)


@require_POST
@portal_page
def resend(request: PortalRequest) -> HttpResponse:
    """Send another code to the same address."""
    started = pending.load(request, request.business.slug)
    if started is None or not started.channel:
        return redirect("members:join", business=request.business.slug)
    if FORMS.allows(client_ip(request)) and _send(request, started, MessageChannel(started.channel)):
        messages.success(request, _("A new code is on its way."))
    else:
        messages.error(request, _too_many(started.address))
    return redirect("members:join-code", business=request.business.slug)


def _elsewhere(request: PortalRequest) -> HttpResponse | None:
    """Where to go instead of joining: whoever is a member, or cannot be one now."""
    if request.member:
        return redirect("members:dashboard", business=request.business.slug)
    if not is_live(request.business):
        return redirect("members:home", business=request.business.slug)
    if request.user.is_authenticated and not proven_address(request.user):
        return redirect("account_email")
    return None


def _asked(request: PortalRequest) -> list[Question]:
    """What is asked of somebody who joins: nothing about SMS and calls where no phone number can be proven."""
    needs_phone = (ConsentChannel.SMS, ConsentChannel.PHONE)
    found = questions(request.business, _language())
    return [question for question in found if sms.is_available() or question.channel not in needs_phone]


def _typed_before(request: PortalRequest) -> dict[str, str]:
    """What the form starts with: what was typed before going back, the log-in's name, a card from a link."""
    before = pending.load(request, request.business.slug)
    name = request.user.name if request.user.is_authenticated else ""
    started = {"name": before.name or name, "email": before.email, "phone": before.phone} if before else {"name": name}
    return {**started, "card": request.GET.get("card", "")[:40]}


def _refusal(request: PortalRequest, form: OpenedForm) -> int:
    """The status with which a form is shown (again), or 0 when it can be worked with."""
    if request.method != "POST":
        return 200
    if not form.is_valid():
        return 422
    if not FORMS.allows(client_ip(request)):
        form.add_error(None, _("Many people have joined from here within an hour. Please wait a little."))
        return 429
    return 0


def _begin(request: PortalRequest, started: Pending, form: OpenedForm) -> HttpResponse | None:
    """Go the first step; None when no code can be sent to the address now, which the form then says."""
    if request.user.is_authenticated:
        started.email, started.email_proven = proven_address(request.user), True
        return _proven(request, started)
    if form.is_from_a_machine:
        # It sees what a person sees, but nothing is sent and no code is right.
        started.channel = MessageChannel.EMAIL
        started.save(request)
        return redirect("members:join-code", business=request.business.slug)
    if _send(request, started, MessageChannel.EMAIL):
        return redirect("members:join-code", business=request.business.slug)
    form.add_error("email", _too_many(started.email))
    return None


def _proven(request: PortalRequest, started: Pending) -> HttpResponse:
    """Go on after an address was proven: to the phone's code, or in."""
    if started.by_phone:
        started.phone_proven = True
    else:
        started.email_proven = True
        if started.phone:
            if _send(request, started, MessageChannel.SMS):
                return redirect("members:join-code", business=request.business.slug)
            messages.warning(request, _too_many(started.phone))
    return _finish(request, started)


def _send(request: PortalRequest, started: Pending, channel: MessageChannel) -> bool:
    """Send a code and keep which one; False when the address had too many."""
    write = letters.code_by_mail if channel is MessageChannel.EMAIL else letters.code_by_sms
    started.channel = channel
    try:
        sent = contact.send_code(
            business=request.business,
            channel=channel,
            address=started.address,
            purpose="claim" if started.claiming else "join",
            write=partial(write, request.business, language=started.language),
            at=timezone.now(),
        )
    except contact.TooManyCodes:
        return False
    started.code = sent.pk
    started.save(request)
    codes_sent.remember(request, sent.message)
    return True


def _finish(request: PortalRequest, started: Pending) -> HttpResponse:
    """Make the membership, and log in."""
    pending.drop(request)
    user = request.user if request.user.is_authenticated else None
    try:
        outcome = joining.complete(
            business=request.business, application=_application(request, started), user=user, at=timezone.now()
        )
    except ClaimedByAnother:
        messages.error(request, _("This membership belongs to another log-in. Please ask at the counter."))
        return redirect("members:home", business=request.business.slug)
    except LogInClosed:
        return redirect("account_inactive")
    target = redirect(_greet(request, outcome), business=request.business.slug)
    return target if user else sign_in(request, outcome.user, started.email, target.url)


def _application(request: PortalRequest, started: Pending) -> Application:
    phone = started.phone if started.phone_proven else ""
    notice = notice_version(request.business, started.notice) if started.notice else None
    return Application(
        person=Person(name=started.name, email=started.email, phone=phone, language=started.language),
        claiming=started.claiming,
        card=started.card,
        answers={(purpose, channel): ticked for purpose, channel, ticked in started.answers},
        notice=notice,
        context=_context_of(started) if notice else None,
    )


def _context_of(started: Pending) -> AnswerContext:
    return AnswerContext(
        ip=started.context["ip"],
        user_agent=started.context["user_agent"] or "",
        collection_method=CollectionMethod.WEB,
        form_version=started.context["form_version"] or "",
        language=started.language,
        evidence=f"contact-code:{started.code}" if started.code else "",
    )


def _greet(request: PortalRequest, outcome: Outcome) -> str:
    """Say what came of it; return the name of the page to go to."""
    if outcome.joined is None:
        messages.warning(request, _("We found no membership with these. Join here: it takes half a minute."))
        return "members:join"
    greetings = {
        Entrance.JOINED: _("Welcome to %(business)s!"),
        Entrance.CLAIMED: _("Welcome! All that you collected at %(business)s is here."),
        Entrance.RETURNED: _("Welcome back! You are a member of %(business)s already."),
    }
    messages.success(request, greetings[outcome.joined.how] % {"business": request.business.name})
    if outcome.card_refused:
        messages.warning(request, _why_not(outcome.card_refused))
    return "members:dashboard"


def _why_not(refused: claims.ClaimError) -> str:
    """Why a card is not attached. One answer for every card that is not waiting: nobody learns whose it is."""
    if isinstance(refused, claims.AccountInUse):
        return _("You have collected with your own card already. Ask at the counter: they can put the two together.")
    return _("No card that waits for its owner has this number. Check it, or ask at the counter.")


def _wrong(refused: contact.ContactError) -> str:
    if isinstance(refused, contact.WrongCode) and refused.left:
        tries = ngettext("%(count)d try is left.", "%(count)d tries are left.", refused.left)
        return _("That is not the code that we sent.") + " " + tries % {"count": refused.left}
    return _("This code is no longer good. Ask for a new one below.")


def _too_many(address: str) -> str:
    return _("We sent three codes to %(address)s within an hour. Use the newest, or wait.") % {"address": address}


def _join_page(request: PortalRequest, form: JoinForm, status: int) -> HttpResponse:
    notice = current_notice(request.business, _language())
    in_short = [block.lines[0] for block in blocks(notice.text) if block.kind == PARAGRAPH][:1] if notice else []
    return page(request, FORM, {"form": form, "notice": notice, "notice_in_short": "".join(in_short)}, status=status)


def _claim_page(
    request: BusinessRequest, *, form: ClaimForm | None = None, card_form: CardForm | None = None, status: int = 200
) -> HttpResponse:
    return page(request, CLAIM, {"form": form or card_form, "claim_form": form, "card_form": card_form}, status=status)


def _code_page(request: PortalRequest, started: Pending, form: CodeForm, status: int) -> HttpResponse:
    return page(request, CODE, {"form": form, "pending": started}, status=status)


def _language() -> str:
    return translation.get_language() or "en"
