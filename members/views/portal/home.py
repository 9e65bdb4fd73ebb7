"""The public page of a business: what it offers to regulars, and the way in."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty.web import page
from members.queries.shopfront import shopfront
from members.web import PortalRequest, portal_page


@require_safe
@portal_page
def home(request: PortalRequest) -> HttpResponse:
    """Show how the program works, what it gives, and how to join; kindly say so while it is not live yet."""
    slug = {"business": request.business.slug}
    return page(
        request,
        "members/portal/home.html",
        {
            "front": shopfront(request.business, timezone.now()),
            "address": settings.BASE_URL + reverse("members:home", kwargs=slug),
            "picture": settings.BASE_URL + reverse("members:app-icon", kwargs={**slug, "size": 512}),
        },
    )
