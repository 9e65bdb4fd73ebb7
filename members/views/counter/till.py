"""Who serves at a shared till: taking over by PIN, and locking."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from loyalty.models import Channel, Role
from loyalty.till import hand_over, shared_till
from loyalty.web import BusinessRequest, staff_page
from members.domain import till
from members.domain.till import NobodyHasAPin, TooManyTries, WrongPin
from members.forms.counter import PinForm
from members.queries.till import serving
from members.views.counter.guard import till_page
from members.views.counter.recording import too_many_pins

REFUSED = 422
TOO_MANY = 429


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.CASHIER, Channel.COUNTER)
def switch(request: BusinessRequest) -> HttpResponse:
    """Ask for a PIN; whoever it belongs to serves from now on."""
    _check_place(request)
    form = PinForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = _take_over(request, form) if form.is_valid() else REFUSED
        if status == 200:
            return redirect(_next(request, form.next))
    kept = shared_till(request)
    staff = serving(request.business, kept.staff) if kept else request.role
    request.role = staff
    values = {
        "form": form,
        "locked": staff is None,
        "shared": kept is not None,
        "next": request.GET.get("next", "") or request.POST.get("next", ""),
    }
    return till_page(request, "pin.html", values, status=status)


def _check_place(request: BusinessRequest) -> None:
    """Raise PermissionDenied where the device is the till of another business."""
    kept = shared_till(request)
    if kept and kept.business != request.business.pk:
        raise PermissionDenied


def _take_over(request: BusinessRequest, form: PinForm) -> int:
    now = timezone.now()
    try:
        staff = till.take_over(business=request.business, pin=form.cleaned_data["pin"], by=request.actor, at=now)
    except WrongPin as wrong:
        words = ngettext(
            "Nobody has this PIN. %(left)d try is left.", "Nobody has this PIN. %(left)d tries are left.", wrong.left
        )
        form.add_error("pin", words % {"left": wrong.left})
        return REFUSED
    except TooManyTries as locked:
        form.add_error("pin", too_many_pins(locked, now))
        return TOO_MANY
    hand_over(request, business=request.business, staff=staff)
    messages.success(request, _("%(name)s is at the till.") % {"name": staff.display_name})
    return 200


def _next(request: BusinessRequest, asked: str) -> str:
    """Return where to go: back to a page of this till, else to its first one."""
    home = reverse("members:counter-home", kwargs={"business": request.business.slug})
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe and asked.startswith(home) else home


@require_POST
@staff_page(Role.CASHIER, Channel.COUNTER)
def lock(request: BusinessRequest) -> HttpResponse:
    """Lock the till: whoever serves next enters a PIN."""
    _check_place(request)
    try:
        till.lock(business=request.business, by=request.actor, at=timezone.now())
    except NobodyHasAPin:
        messages.error(request, _("Nobody has a PIN yet: the till could not be opened again. Set one in the console."))
        return redirect("members:counter-home", business=request.business.slug)
    hand_over(request, business=request.business, staff=None)
    return redirect("members:counter-till", business=request.business.slug)
