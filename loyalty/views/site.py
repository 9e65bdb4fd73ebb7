"""The site's own pages: what this is, and where a log-in goes from here."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from loyalty import second_factor
from loyalty.models import User
from loyalty.nav import first_page, links
from loyalty.queries import access
from loyalty.queries.places import places_of
from loyalty.web import page


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Say what Regulars is, to whoever comes by."""
    return page(request, "loyalty/site/welcome.html")


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Show the places of a log-in: where it works, where it is a customer."""
    user = cast(User, request.user)
    work = [
        {
            "role": role,
            "url": first_page(role.business.slug, role.role),
            "links": links("switch", slug=role.business.slug, roles=[role.role], path=""),
        }
        for role in access.roles_of(user)
    ]
    return page(request, "loyalty/site/start.html", {"work": work, "places": places_of(user, timezone.now())})


@require_POST
@login_required
def second_factor_later(request: HttpRequest) -> HttpResponse:
    """Stop asking for a second factor in this session, and go back."""
    second_factor.ask_later(request)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else "/start/")
