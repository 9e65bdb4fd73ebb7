"""Who serves at a shared till: taking over by PIN, and locking."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from loyalty.queries.team import has_pins
from loyalty.till import hand_over
from loyalty.web import BusinessRequest
from members.domain import till
from members.domain.till import NobodyHasAPin, TooManyTries, WrongPin
from members.forms.counter import PinForm
from members.views.counter.guard import CounterRequest, TillRequest, acting, counter_page, till_door, till_page
from members.views.counter.recording import too_many_pins

REFUSED = 422
TOO_MANY = 429


@require_http_methods(["GET", "HEAD", "POST"])
@till_door
def switch(request: TillRequest) -> HttpResponse:
    """Ask for a PIN; whoever it belongs to serves from now on."""
    form = PinForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = _take_over(request, form) if form.is_valid() else REFUSED
        if status == 200:
            return redirect(_next(request, form.next))
    request.role = request.serving
    values = {
        "form": form,
        "locked": request.serving is None,
        "paired": request.device,
        "no_pins": request.serving is None and not has_pins(request.business),
        "next": request.GET.get("next", "") or request.POST.get("next", ""),
    }
    return till_page(request, "pin.html", values, status=status)


def _take_over(request: TillRequest, form: PinForm) -> int:
    now, pin = timezone.now(), form.cleaned_data["pin"]
    try:
        staff = till.take_over(business=request.business, pin=pin, by=request.actor, at=now, device=request.device)
    except WrongPin as wrong:
        words = ngettext(
            "Nobody has this PIN. %(left)d try is left.", "Nobody has this PIN. %(left)d tries are left.", wrong.left
        )
        form.add_error("pin", words % {"left": wrong.left})
        return REFUSED
    except TooManyTries as locked:
        form.add_error("pin", too_many_pins(locked, now))
        return TOO_MANY
    hand_over(request, business=request.business, staff=staff, at=now)
    messages.success(request, _("%(name)s is at the till.") % {"name": staff.display_name})
    return 200


def _next(request: BusinessRequest, asked: str) -> str:
    """Return where to go: back to a page of this till, else to its first one."""
    home = reverse("members:counter-home", kwargs={"business": request.business.slug})
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe and asked.startswith(home) else home


@require_POST
@till_door
def lock(request: TillRequest) -> HttpResponse:
    """Lock the till: whoever serves next enters a PIN."""
    by = acting(request) if request.device else request.actor
    now = timezone.now()
    try:
        till.lock(business=request.business, by=by, at=now)
    except NobodyHasAPin:
        messages.error(request, _("Nobody has a PIN yet: the till could not be opened again. Set one in the console."))
        return redirect("members:counter-home", business=request.business.slug)
    hand_over(request, business=request.business, staff=None, at=now)
    return redirect("members:counter-till", business=request.business.slug)


@require_POST
@counter_page
def in_use(request: CounterRequest) -> HttpResponse:
    """Keep the till open while somebody types."""
    return HttpResponse(status=204)
