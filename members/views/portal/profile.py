"""What a member says of themselves: name, language, phone. The e-mail address is the log-in's own."""

from functools import partial

from django.conf import settings
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
from loyalty.web import page
from members import letters
from members.domain import contact, profile
from members.forms.join import CodeForm
from members.forms.profile import PhoneForm, ProfileForm
from members.web import MemberRequest, person_page

PHONES = Limit("profile.phone", most=10, seconds=3600)
SESSION = "phone"


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def overview(request: MemberRequest) -> HttpResponse:
    """Show and change name and language."""
    member = request.member
    started = {"name": member.name, "language": member.language or request.business.language}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=started)
    if request.method != "POST" or not form.is_valid():
        values = {"form": form, "sms": sms.is_available()}
        return page(request, "members/portal/profile.html", values, status=200 if request.method != "POST" else 422)
    profile.change(member=member, by=request.actor, at=timezone.now(), **form.cleaned_data)
    with translation.override(form.cleaned_data["language"]):
        messages.success(request, _("Saved."))
    response = redirect("members:profile", business=request.business.slug)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def phone(request: MemberRequest) -> HttpResponse:
    """Ask for a phone number, and send a code there."""
    if not sms.is_available():
        return redirect("members:profile", business=request.business.slug)
    form = PhoneForm(request.POST if request.method == "POST" else None, country=request.business.country)
    if request.method != "POST":
        return _phone_page(request, form, 200)
    if not form.is_valid():
        return _phone_page(request, form, 422)
    number = form.cleaned_data["phone"]
    try:
        sent = _send(request, number)
    except contact.TooManyCodes:
        form.add_error("phone", _("Too many codes went to this number. Please try again in an hour."))
        return _phone_page(request, form, 429)
    request.session[SESSION] = {"code": sent, "phone": number}
    return redirect("members:phone-code", business=request.business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def phone_code(request: MemberRequest) -> HttpResponse:
    """Keep the number when its code comes back."""
    kept = request.session.get(SESSION)
    if not kept:
        return redirect("members:phone", business=request.business.slug)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _code_page(request, form, kept["phone"], 200)
    if form.is_valid():
        try:
            contact.use_code(code_id=kept["code"], typed=form.cleaned_data["code"], at=timezone.now())
            profile.keep_phone(member=request.member, phone=kept["phone"], by=request.actor, at=timezone.now())
        except (contact.ContactError, profile.PhoneTaken) as refused:
            form.add_error("code", _why_not(refused))
    if not form.is_valid():
        return _code_page(request, form, kept["phone"], 422)
    del request.session[SESSION]
    messages.success(request, _("Your phone number is confirmed."))
    return redirect("members:profile", business=request.business.slug)


@require_POST
@person_page
def remove_phone(request: MemberRequest) -> HttpResponse:
    """Forget the number."""
    profile.forget_phone(member=request.member, by=request.actor, at=timezone.now())
    messages.success(request, _("Your phone number is removed."))
    return redirect("members:profile", business=request.business.slug)


def _send(request: MemberRequest, number: str) -> int:
    if not PHONES.allows(request.user.pk):
        raise contact.TooManyCodes
    sent = contact.send_code(
        business=request.business,
        channel=MessageChannel.SMS,
        address=number,
        purpose="phone",
        write=partial(letters.code_by_sms, request.business, language=translation.get_language() or "en"),
        at=timezone.now(),
    )
    codes_sent.remember(request, sent.message)
    return sent.pk


def _why_not(refused: Exception) -> str:
    if isinstance(refused, profile.PhoneTaken):
        return _("This number belongs to another membership here. Ask at the counter: they can put the two together.")
    if isinstance(refused, contact.WrongCode) and refused.left:
        tries = ngettext("%(count)d try is left.", "%(count)d tries are left.", refused.left)
        return _("That is not the code that we sent.") + " " + tries % {"count": refused.left}
    return _("This code is no longer good. Go back and ask for a new one.")


def _phone_page(request: MemberRequest, form: PhoneForm, status: int) -> HttpResponse:
    return page(request, "members/portal/phone.html", {"form": form}, status=status)


def _code_page(request: MemberRequest, form: CodeForm, number: str, status: int) -> HttpResponse:
    return page(request, "members/portal/phone_code.html", {"form": form, "phone": number}, status=status)
