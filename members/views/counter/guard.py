"""Who stands at the till: the log-in, or whoever took over by PIN."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from loyalty.domain.actors import Actor
from loyalty.models import Business, Channel, Role, SharedTill, StaffRole
from loyalty.till import paired_till, shared_till, till_state
from loyalty.web import BusinessRequest, GuardedView, enter_paired, page, staff_page
from members.queries.find import Found
from members.queries.till import serving


class TillRequest(BusinessRequest):
    """A request at the door of the till. actor is the till's own log-in, or of a paired device nobody.

    serving is who serves, None while the till is locked; device the paired one.
    """

    serving: StaffRole | None
    device: SharedTill | None


class CounterRequest(TillRequest):
    """A request at the till: role and actor are those of whoever serves."""

    role: StaffRole


type TillView[**P] = Callable[Concatenate[TillRequest, P], HttpResponse]
type CounterView[**P] = Callable[Concatenate[CounterRequest, P], HttpResponse]


def till_door[**P](view: TillView[P]) -> GuardedView[P]:
    """Guard for the pages about who serves: as staff_page for cashiers, or for a paired device of the business.

    A role that has ended since serves no more. A till of another business is refused.
    """

    @staff_page(Role.CASHIER, Channel.COUNTER)
    @wraps(view)
    def of_log_in(request: BusinessRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        entered, till = cast(TillRequest, request), shared_till(request)
        if till and till.business != request.business.pk:
            raise PermissionDenied
        entered.serving = serving(request.business, till.staff) if till else request.role
        entered.device = None
        return view(entered, *args, **kwargs)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        device, till = paired_till(request), shared_till(request)
        if device is None or till is None:
            return of_log_in(request, *args, **kwargs)
        if kwargs.pop("business") != device.business.slug:
            raise Http404
        entered = cast(TillRequest, enter_paired(request, device))
        entered.serving, entered.device = serving(device.business, till.staff), device
        with timezone.override(ZoneInfo(device.business.time_zone)):
            return view(entered, *args, **kwargs)

    return guarded


def counter_page[**P](view: CounterView[P]) -> GuardedView[P]:
    """Guard for the till: as till_door; who took over by PIN acts, a locked till asks for a PIN."""

    @till_door
    @wraps(view)
    def guarded(request: TillRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        staff = request.serving
        if staff is None:
            return _ask_for_pin(request)
        if shared_till(request):
            request.role, request.actor = staff, acting(request)
        return view(cast(CounterRequest, request), *args, **kwargs)

    return guarded


def acting(request: TillRequest) -> Actor:
    """Return the actor of a shared till: who serves, where the till is. On a paired device that one's log-in acts."""
    actor, staff = request.actor, request.serving
    if staff is None:
        return actor
    user = staff.user if request.device else actor.user
    return replace(actor, user=user, staff=staff, location=actor.location or staff.location)


def _ask_for_pin(request: BusinessRequest) -> HttpResponse:
    address = reverse("members:counter-till", kwargs={"business": request.business.slug})
    if request.method in ("GET", "HEAD"):
        address += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


def till_page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, part: str = "", status: int = 200
) -> HttpResponse:
    """Render a page of the till; cashier is who serves. The camera may be used to scan cards.

    shared: the device is a shared till. lock_after: the seconds without use after which it locks, 0 where it does not.
    """
    role: StaffRole | None = getattr(request, "role", None)
    values = {"cashier": role.display_name if role else "", "shared": bool(shared_till(request))}
    values["lock_after"] = _lock_after(request, role)
    values |= context or {}
    response = page(request, f"members/counter/{template}", values, part=part, status=status)
    response["Permissions-Policy"] = "camera=(self)"
    return response


def _lock_after(request: HttpRequest, role: StaffRole | None) -> int:
    business: Business | None = getattr(request, "business", None)
    return business.till_lock_minutes * 60 if business and role and till_state(request) else 0


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
