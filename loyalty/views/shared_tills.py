"""The devices that a team shares at the counter: pairing, naming and removing them, and when they lock."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loyalty.domain import businesses, shared_tills
from loyalty.domain.shared_tills import NameTaken, NobodyHasAPin
from loyalty.forms.shared_tills import LockForm, SharedTillForm
from loyalty.models import Role
from loyalty.nav import links
from loyalty.queries.shared_tills import paired_tills, till_at
from loyalty.queries.team import has_pins
from loyalty.till import start_paired
from loyalty.web import BusinessRequest, page, staff_page

NAME_TAKEN = gettext_lazy("Another shared device has this name. Choose another name, or remove that device first.")


@staff_page(Role.MANAGER)
def listing(request: BusinessRequest) -> HttpResponse:
    """Show the paired devices, and change after how long they lock."""
    lock_form = LockForm.of(request.business, request.POST if request.method == "POST" else None)
    if lock_form.is_valid():
        changes = lock_form.cleaned_data
        businesses.change_details(business=request.business, changes=changes, by=request.actor, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("loyalty:shared-tills", business=request.business.slug)
    return _listing(request, lock_form=lock_form)


def _listing(
    request: BusinessRequest, *, lock_form: LockForm | None = None, pair_form: SharedTillForm | None = None
) -> HttpResponse:
    context = {
        "tills": paired_tills(request.business, timezone.now()),
        "has_pins": has_pins(request.business),
        "lock_form": lock_form or LockForm.of(request.business),
        "pair_form": pair_form or SharedTillForm(business=request.business),
    }
    refused = any(form.is_bound for form in (lock_form, pair_form) if form)
    return page(request, "loyalty/console/shared_tills.html", context, status=422 if refused else 200)


@require_POST
@staff_page(Role.MANAGER)
def pair(request: BusinessRequest) -> HttpResponse:
    """Make the browser that asks a shared device: it is signed out, and goes to the counter."""
    form = SharedTillForm(request.POST, business=request.business)
    if not form.is_valid():
        return _listing(request, pair_form=form)
    try:
        row = shared_tills.pair(business=request.business, **form.values(), by=request.actor, at=timezone.now())
    except NameTaken:
        form.add_error("name", NAME_TAKEN)
        return _listing(request, pair_form=form)
    except NobodyHasAPin:
        form.add_error(None, _("No one has a PIN yet, so no one could open this device. Set one in My place first."))
        return _listing(request, pair_form=form)
    start_paired(request, row)
    messages.success(request, _("%(name)s is paired.") % {"name": row.name})
    return HttpResponseRedirect(links("counter", slug=row.business.slug, roles=[], path="")[0].url)


@staff_page(Role.MANAGER)
def till(request: BusinessRequest, till: UUID) -> HttpResponse:
    """Rename a paired device, or say where it is."""
    row = till_at(request.business, till, timezone.now())
    form = SharedTillForm(request.POST if request.method == "POST" else None, business=request.business, till=row)
    if form.is_valid():
        try:
            shared_tills.change(till=row, **form.values(), by=request.actor, at=timezone.now())
        except NameTaken:
            form.add_error("name", NAME_TAKEN)
        else:
            messages.success(request, _("The device is saved."))
            return redirect("loyalty:shared-tills", business=request.business.slug)
    context = {"form": form, "till": row}
    return page(request, "loyalty/console/shared_till.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff_page(Role.MANAGER)
def end(request: BusinessRequest, till: UUID) -> HttpResponse:
    """Remove a paired device: it opens nothing from its next request on."""
    now = timezone.now()
    row = shared_tills.end(till=till_at(request.business, till, now), by=request.actor, at=now)
    messages.success(request, _("%(name)s is removed.") % {"name": row.name})
    return redirect("loyalty:shared-tills", business=request.business.slug)
