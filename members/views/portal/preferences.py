"""Links in messages, for people who are not logged in. Opening one changes nothing; only a button does."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from loyalty.web import page
from members.domain import consent
from members.engine.consent import confirms
from members.models import CollectionMethod
from members.queries.consent import topics
from members.queries.links import CONFIRMATION, Linked, read_token
from members.web import PortalRequest, answer_context, portal_page

PAGE = "members/portal/privacy_preferences.html"


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def overview(request: PortalRequest, token: str) -> HttpResponse:
    """Show what a member said yes to on the channel of a link; the button takes it all back."""
    linked = read_token(request.business, token)
    if linked is None:
        return _unknown(request)
    if request.method == "POST":
        _withdraw(request, linked)
    return _page(request, linked, "left" if request.method == "POST" else "preferences")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def unsubscribe(request: PortalRequest, token: str) -> HttpResponse:
    """Take back what was said yes to on a channel, by one click in a mail program (RFC 8058)."""
    if request.method != "POST":
        return redirect("members:preferences", business=request.business.slug, token=token)
    linked = read_token(request.business, token)
    if linked is None:
        return _unknown(request)
    _withdraw(request, linked)
    return _page(request, linked, "left")


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def confirm(request: PortalRequest, token: str) -> HttpResponse:
    """Show what was noted for a member at the counter; the button confirms it."""
    linked = read_token(request.business, token, CONFIRMATION)
    if linked is None:
        return _unknown(request)
    if request.method == "POST":
        consent.confirm(
            member=linked.member,
            channel=linked.channel,
            context=answer_context(request, form=PAGE, method=CollectionMethod.LINK),
            by=request.actor,
            at=timezone.now(),
            by_link=True,
        )
    return _page(request, linked, "confirmed" if request.method == "POST" else "confirm")


def _withdraw(request: PortalRequest, linked: Linked) -> None:
    consent.withdraw_all(
        member=linked.member,
        channel=linked.channel,
        context=answer_context(request, form=PAGE, method=CollectionMethod.LINK),
        by=request.actor,
        at=timezone.now(),
    )


def _page(request: PortalRequest, linked: Linked, step: str) -> HttpResponse:
    choices = [
        choice
        for topic in topics(linked.member, translation.get_language() or "en")
        for choice in topic.choices
        if choice.is_on
    ]
    return page(
        request,
        PAGE,
        {
            "step": step,
            "on": [choice for choice in choices if choice.question.channel == linked.channel],
            "waiting": [
                choice for choice in choices if choice.is_waiting and confirms(linked.channel, choice.question.channel)
            ],
        },
    )


def _unknown(request: PortalRequest) -> HttpResponse:
    """Answer every bad link alike: nobody learns who is a member."""
    return page(request, PAGE, {"step": "unknown"}, status=404)
