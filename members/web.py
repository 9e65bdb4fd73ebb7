"""Shared view helpers of the members' own pages: who the member is, in which language, from where."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from typing import Any, Concatenate, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from loyalty.domain.actors import Actor
from loyalty.models import Business, Channel, User
from loyalty.web import BusinessRequest, GuardedView, public_page
from members.domain import profile
from members.domain.consent import AnswerContext
from members.engine.records import text_hash
from members.models import CollectionMethod, Member
from members.queries.memberships import member_of


class PortalRequest(BusinessRequest):
    """A request to a business's own pages; member is None for whoever is none, or not signed in."""

    member: Member | None


class MemberRequest(BusinessRequest):
    """A request of a member."""

    member: Member


type PortalView[**P] = Callable[Concatenate[PortalRequest, P], HttpResponse]
type MemberView[**P] = Callable[Concatenate[MemberRequest, P], HttpResponse]


def portal_page[**P](view: PortalView[P]) -> GuardedView[P]:
    """Guard for pages that everybody may see: puts business and member (or None) on the request, chooses the language.

    Whoever works in the business is here as a customer: the actor holds no staff role.
    """

    @public_page
    @wraps(view)
    def guarded(request: BusinessRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        entered = cast(PortalRequest, request)
        user = request.user if request.user.is_authenticated else None
        entered.member = member_of(request.business, user) if user else None
        entered.actor = Actor(Channel.PORTAL, user)
        speak(request, entered.member, request.business)
        return view(entered, *args, **kwargs)

    return guarded


def member_page[**P](view: MemberView[P]) -> GuardedView[P]:
    """Guard for what a member has: as person_page; whose card was merged into another one is told so instead."""

    @person_page
    @wraps(view)
    def guarded(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.member.account.merged_into_id:
            return redirect("members:merged", business=request.business.slug)
        return view(request, *args, **kwargs)

    return guarded


def person_page[**P](view: MemberView[P]) -> GuardedView[P]:
    """Guard for a member's own pages: log-in for the anonymous, 404 for whoever is not a member here."""

    @portal_page
    @wraps(view)
    def guarded(request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.member is None:
            raise Http404
        return view(cast(MemberRequest, request), *args, **kwargs)

    return guarded


def speak(request: HttpRequest, member: Member | None, business: Business) -> None:
    """Choose the language of the page: the visitor's own choice, the member's, the browser's, the business's."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return
    language = (member.language if member else "") or _browser_language(request) or business.language
    translation.activate(language)
    request.LANGUAGE_CODE = translation.get_language() or language


def _browser_language(request: HttpRequest) -> str:
    """Return the first language that the browser asks for and the site speaks, if any."""
    for asked, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        with suppress(LookupError):
            return get_supported_language_variant(asked)
    return ""


def client_ip(request: HttpRequest) -> str:
    """Return the visitor's address, past the proxies that the installation trusts."""
    return str(get_adapter(request).get_client_ip(request))


def answer_context(
    request: HttpRequest, *, form: str, method: CollectionMethod = CollectionMethod.WEB, evidence: str = ""
) -> AnswerContext:
    """Return how and where a consent was answered; form is the template that showed the questions."""
    return AnswerContext(
        ip=client_ip(request),
        user_agent=request.headers.get("User-Agent", "")[:200],
        collection_method=method,
        form_version=form_version(form),
        language=translation.get_language() or settings.LANGUAGE_CODE,
        evidence=evidence,
    )


@cache
def form_version(template: str) -> str:
    """Return the name of a template with a digest of its source: what a form looked like, to be proven later."""
    source = str(cast(Any, get_template(template)).template.source)
    return f"{template.removeprefix('members/')[:47]}@{text_hash(source)[:16]}"


def sign_in(request: HttpRequest, user: User, email: str, target: str) -> HttpResponse:
    """Log somebody in whose address was just proven by a code, and go to a path of ours.

    Goes through all that a log-in goes through: whoever has a second factor is asked for it.
    """
    record_authentication(request, user, method="code", email=email)
    return cast(HttpResponse, perform_login(request, user, redirect_url=target, email=email))


def log_in_changed(
    sender: object, user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **more: object
) -> None:
    """Receiver of allauth's email_changed: memberships go along with the log-in."""
    if from_email_address and to_email_address.verified:
        profile.follow_log_in(
            user=user,
            before=from_email_address.email,
            after=to_email_address.email,
            by=Actor(Channel.PORTAL, user),
            at=timezone.now(),
        )
