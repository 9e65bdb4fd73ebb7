"""Who stands at the till: the log-in, or whoever took over by PIN."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from loyalty.models import Channel, Role, StaffRole
from loyalty.till import shared_till
from loyalty.web import BusinessRequest, GuardedView, page, staff_page
from members.queries.find import Found
from members.queries.till import serving


class CounterRequest(BusinessRequest):
    """A request at the till: role and actor are those of whoever serves."""

    role: StaffRole


type CounterView[**P] = Callable[Concatenate[CounterRequest, P], HttpResponse]


def counter_page[**P](view: CounterView[P]) -> GuardedView[P]:
    """Guard for the till: as staff_page for cashiers; who took over by PIN acts, a locked till asks for a PIN.

    A role that has ended since serves no more. A till of another business is refused.
    """

    @staff_page(Role.CASHIER, Channel.COUNTER)
    @wraps(view)
    def guarded(request: BusinessRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        till = shared_till(request)
        if till:
            if till.business != request.business.pk:
                raise PermissionDenied
            staff = serving(request.business, till.staff)
            if staff is None:
                return _ask_for_pin(request)
            location = request.actor.location or staff.location
            request.role, request.actor = staff, replace(request.actor, staff=staff, location=location)
        return view(request, *args, **kwargs)  # type: ignore[arg-type]  # staff_page has seen to the role

    return guarded


def _ask_for_pin(request: BusinessRequest) -> HttpResponse:
    address = reverse("members:counter-till", kwargs={"business": request.business.slug})
    if request.method in ("GET", "HEAD"):
        address += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


def till_page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, part: str = "", status: int = 200
) -> HttpResponse:
    """Render a page of the till; cashier is who serves. The camera may be used to scan cards."""
    role: StaffRole | None = getattr(request, "role", None)
    values = {"cashier": role.display_name if role else "", **(context or {})}
    response = page(request, f"members/counter/{template}", values, part=part, status=status)
    response["Permissions-Policy"] = "camera=(self)"
    return response


def notice_link(request: BusinessRequest) -> str:
    """Return the whole address of the privacy notice, for a customer's own phone."""
    return f"{settings.BASE_URL}{reverse('members:notice', kwargs={'business': request.business.slug})}"


def open_found(request: BusinessRequest, found: Found) -> HttpResponse | None:
    """Go to the only one that was found, or to the voucher; None where there is a choice, or nobody."""
    slug = request.business.slug
    if found.voucher:
        return redirect("members:counter-voucher", business=slug, voucher=found.voucher.public_id)
    if found.only:
        return redirect("members:counter-member", business=slug, account=found.only.account.public_id)
    return None
