"""One's own place in a business: name at the till, PIN, leaving."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty.domain import staff
from loyalty.domain.staff import LastOwner, PinTaken, WeakPin
from loyalty.forms.team import PIN_FAULTS, PinForm, TillForm
from loyalty.limits import Limit
from loyalty.models import Role, StaffRole
from loyalty.second_factor import is_missing
from loyalty.web import BusinessRequest, page, staff_page

# Whoever could try PINs here without end would learn which ones the others have.
PIN_TRIES = Limit("staff-pin", most=10, seconds=3600)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.CASHIER)
def me(request: BusinessRequest) -> HttpResponse:
    """Show one's own place in the business, and change name at the till and location."""
    mine = _mine(request)
    form = TillForm(request.POST if request.method == "POST" else None, staff=mine, business=request.business)
    if not form.is_valid():
        return _me(request, form=form)
    name, location = form.cleaned_data["display_name"], form.chosen_location()
    staff.change_details(staff=mine, display_name=name, location=location, by=request.actor, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("loyalty:me", business=request.business.slug)


def _mine(request: BusinessRequest) -> StaffRole:
    assert request.role is not None
    return request.role


def _me(
    request: BusinessRequest, *, form: TillForm | None = None, pin_form: PinForm | None = None, refused: str = ""
) -> HttpResponse:
    context = {
        "mine": _mine(request),
        "form": form or TillForm(staff=_mine(request), business=request.business),
        "pin_form": pin_form or PinForm(),
        "refused": refused,
        "second_factor_missing": is_missing(request),
    }
    bad = refused or pin_form or (form and form.is_bound)
    return page(request, "loyalty/console/me.html", context, status=422 if bad else 200)


@require_POST
@staff_page(Role.CASHIER)
def set_pin(request: BusinessRequest) -> HttpResponse:
    """Set one's own PIN for the shared till."""
    form = PinForm(request.POST)
    if not form.is_valid():
        return _me(request, pin_form=form)
    if not PIN_TRIES.allows(_mine(request).pk):
        form.add_error("pin", _("That was tried many times. Try again in an hour."))
        return _me(request, pin_form=form)
    try:
        staff.set_pin(staff=_mine(request), pin=form.cleaned_data["pin"], by=request.actor, at=timezone.now())
    except WeakPin as weak:
        form.add_error("pin", PIN_FAULTS[weak.fault])
    except PinTaken:
        form.add_error("pin", _("This PIN cannot be used here. Choose another one."))
    if form.errors:
        return _me(request, pin_form=form)
    messages.success(request, _("Your PIN is set."))
    return redirect("loyalty:me", business=request.business.slug)


@require_POST
@staff_page(Role.CASHIER)
def leave(request: BusinessRequest) -> HttpResponse:
    """Leave the team, at once."""
    try:
        staff.remove(staff=_mine(request), by=request.actor, at=timezone.now())
    except LastOwner:
        return _me(request, refused=_("You are the only owner. Make somebody else an owner first."))
    messages.success(request, _("You have left the team of %(business)s.") % {"business": request.business.name})
    return redirect("loyalty:start")
