"""Shared view helpers: who may see a page, the business on the request, fragments for htmx."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from loyalty.device import device_of
from loyalty.domain.actors import Actor
from loyalty.models import Business, Channel, Role, SharedTill, StaffRole
from loyalty.queries import access
from loyalty.till import shared_till


class SiteRequest(HttpRequest):
    """A request as the middlewares leave it."""

    htmx: HtmxDetails


class BusinessRequest(SiteRequest):
    """A request inside a business: the guard has put the business, the role and the actor on it."""

    business: Business
    role: StaffRole | None
    actor: Actor


type View[**P] = Callable[Concatenate[BusinessRequest, P], HttpResponse]
type GuardedView[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def public_page[**P](view: View[P]) -> GuardedView[P]:
    """Guard for a business's public pages: puts the business on the request, or answers 404."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        business = access.business_at(str(kwargs.pop("business")))
        role = access.role_in(business, request.user) if request.user.is_authenticated else None
        entered = _enter(request, business, role, Channel.PORTAL)
        with timezone.override(ZoneInfo(entered.business.time_zone)):
            return view(entered, *args, **kwargs)

    return guarded


def staff_page[**P](role: Role, channel: Channel = Channel.CONSOLE) -> Callable[[View[P]], GuardedView[P]]:
    """Guard for the staff's pages: log-in for the anonymous, 404 for strangers, 403 below the role.

    403 also for the console on a till that somebody else than the log-in, or nobody, serves at.
    """

    def decorate(view: View[P]) -> GuardedView[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            staff = access.staff_at(str(kwargs.pop("business")), request.user)
            if staff is None:
                raise Http404
            entered = _enter(request, staff.business, staff, channel)
            if not staff.may(role) or (channel is Channel.CONSOLE and shared_till(request)):
                raise PermissionDenied
            with timezone.override(ZoneInfo(entered.business.time_zone)):
                return view(entered, *args, **kwargs)

        return guarded

    return decorate


def _enter(request: HttpRequest, business: Business, role: StaffRole | None, channel: Channel) -> BusinessRequest:
    entered = cast(BusinessRequest, request)
    entered.business, entered.role = business, role
    user = request.user if request.user.is_authenticated else None
    location, device = (role.location, device_of(request)) if role else (None, "")
    entered.actor = Actor(channel=channel, user=user, staff=role, location=location, device=device)
    return entered


def enter_paired(request: HttpRequest, till: SharedTill) -> BusinessRequest:
    """Put the business of a paired device on the request. Nobody acts yet; where and on what is the device's."""
    entered = cast(BusinessRequest, request)
    entered.business, entered.role = till.business, None
    entered.actor = Actor(channel=Channel.COUNTER, location=till.location, device=till.name)
    return entered


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, part: str = "", status: int = 200
) -> HttpResponse:
    """Render a page, or its named partial when htmx asked; business, role and member are always in the context."""
    values: dict[str, Any] = {
        "business": getattr(request, "business", None),
        "role": getattr(request, "role", None),
        "member": getattr(request, "member", None),
        **(context or {}),
    }
    htmx = cast(SiteRequest, request).htmx
    if part and htmx and not htmx.boosted:
        template = f"{template}#{part}"
    return render(request, template, values, status=status)


def go_back(request: BusinessRequest, to: str) -> HttpResponse:
    """Go to the page of this site that the address names as `next`: where somebody came from to mend something.

    Where it names none, or one elsewhere, to the business's page with the URL name `to`.
    """
    back = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(reverse(to, kwargs={"business": request.business.slug}))


def fresh_key() -> str:
    """Return a key for a form that books something: sent twice, it books once."""
    return str(uuid4())
