"""The card: what the counter scans, on the phone's home screen and without a network, too."""

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from loyalty.engine import codes
from loyalty.engine.app_icon import SIZES
from loyalty.queries.icons import icon_of
from loyalty.queries.ledger import balances_of
from loyalty.web import page
from members.queries.coming import coming_losses
from members.web import MemberRequest, PortalRequest, member_page, portal_page


@require_safe
@member_page
def card(request: MemberRequest) -> HttpResponse:
    """Show the card with its QR code, large."""
    account, now = request.member.account, timezone.now()
    held = balances_of(account, now)
    values = {
        "code": account.card_code,
        "grouped": codes.grouped(account.card_code),
        "balances": held,
        "coming": coming_losses(held),
        "now": now,
    }
    return page(request, "members/portal/card.html", values)


@require_safe
@portal_page
def manifest(request: PortalRequest) -> HttpResponse:
    """Describe the business's pages as an app that can be put on the home screen: it opens with the card."""
    business = request.business
    slug = {"business": business.slug}
    icons = [
        {"src": reverse("members:app-icon", kwargs={**slug, "size": size}), "sizes": f"{size}x{size}", "purpose": use}
        for size in SIZES
        for use in ("any", "maskable")
    ]
    described = {
        "id": reverse("members:home", kwargs=slug),
        "name": business.name,
        "short_name": business.name[:12].strip(),
        "description": business.tagline,
        "lang": translation.get_language(),
        "start_url": reverse("members:card", kwargs=slug),
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf6ef",
        "theme_color": business.colour,
        "icons": [{**icon, "type": "image/png"} for icon in icons],
    }
    return JsonResponse(described, content_type="application/manifest+json")


@require_safe
@portal_page
def icon(request: PortalRequest, size: int) -> HttpResponse:
    """Give the business's icon in one of the sizes that phones ask for."""
    if size not in SIZES:
        raise Http404
    response = HttpResponse(icon_of(request.business, size), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return response
