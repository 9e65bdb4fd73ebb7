"""What a business says about itself, how it looks, and its branches."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from loyalty.domain import adjustments, businesses
from loyalty.domain import locations as domain
from loyalty.domain.locations import LastLocation, NameTaken
from loyalty.forms.adjustments import LimitsForm
from loyalty.forms.businesses import DetailsForm, LocationForm, LookForm
from loyalty.forms.caps import CapsForm
from loyalty.forms.leniency import LeniencyForm
from loyalty.looks import Look
from loyalty.models import Role
from loyalty.nav import first_page
from loyalty.queries.adjustments import units_of
from loyalty.queries.businesses import location_at
from loyalty.queries.businesses import locations as locations_of
from loyalty.queries.team import somebody_may_allow
from loyalty.step_up import fresh_proof, is_post
from loyalty.toasts import success_with_undo
from loyalty.web import BusinessRequest, go_back, page, staff_page

NAME_TAKEN = gettext_lazy("Another location has this name, maybe a closed one. Choose another name.")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def details(request: BusinessRequest) -> HttpResponse:
    """Show and change the details of the business."""
    form = DetailsForm.of(request.business, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "join_url": f"{settings.BASE_URL}/{request.business.slug}/"}
        return page(request, "loyalty/console/details.html", context, status=422 if form.is_bound else 200)
    businesses.change_details(business=request.business, changes=form.cleaned_data, by=request.actor, at=timezone.now())
    messages.success(request, _("The details are saved."))
    return go_back(request, "loyalty:settings")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def look(request: BusinessRequest) -> HttpResponse:
    """Show and change the look of the business, with a preview beside it."""
    business, template = request.business, "loyalty/console/look.html"
    if request.method == "POST":
        form = LookForm.of(business, request.POST, request.FILES)
        if form.is_valid():
            businesses.change_details(business=business, changes=form.changes(), by=request.actor, at=timezone.now())
            messages.success(request, _("The look is saved."))
            return go_back(request, "loyalty:settings-look")
    else:
        form = LookForm.of(business)
    typed = request.POST or request.GET or form.initial
    context = {"form": form, "look": Look.of(typed, name=business.name, logo=business.logo)}
    return page(request, template, context, part="look", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def leniency(request: BusinessRequest) -> HttpResponse:
    """Show and change what becomes of debts and of what runs out."""
    form = LeniencyForm.of(request.business, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(request, "loyalty/console/leniency.html", {"form": form}, status=status)
    businesses.change_details(business=request.business, changes=form.cleaned_data, by=request.actor, at=timezone.now())
    messages.success(request, _("Saved: it holds from now on."))
    return redirect("loyalty:settings-leniency", business=request.business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.OWNER)
@fresh_proof(gettext_lazy("A change of the adjustment limits"), when=is_post)
def adjustment_limits(request: BusinessRequest) -> HttpResponse:
    """Show and change what one person may adjust alone."""
    form = LimitsForm(request.POST if request.method == "POST" else None, units=units_of(request.business))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(request, "loyalty/console/adjustment_limits.html", {"form": form}, status=status)
    adjustments.set_limits(business=request.business, limits=form.cleaned_data, by=request.actor, at=timezone.now())
    messages.success(request, _("Saved: it holds from now on."))
    return redirect("loyalty:settings-adjustments", business=request.business.slug)


@staff_page(Role.OWNER)
def caps(request: BusinessRequest) -> HttpResponse:
    """Show and change above which amounts a manager is asked at the till."""
    form = CapsForm(request.POST if request.method == "POST" else None, business=request.business)
    if not form.is_valid():
        context = {"form": form, "without_pin": not somebody_may_allow(request.business)}
        return page(request, "loyalty/console/caps.html", context, status=422 if form.is_bound else 200)
    businesses.change_details(business=request.business, changes=form.cleaned_data, by=request.actor, at=timezone.now())
    messages.success(request, _("Saved: it holds from now on."))
    return redirect("loyalty:settings-caps", business=request.business.slug)


@require_POST
@staff_page(Role.MANAGER)
def hide_checklist(request: BusinessRequest) -> HttpResponse:
    """Put the set-up checklist away; the toast brings it back."""
    slug = request.business.slug
    businesses.show_checklist(business=request.business, shown=False, by=request.actor, at=timezone.now())
    undo_url = reverse("loyalty:checklist-show", kwargs={"business": slug})
    success_with_undo(request, _("The set-up list is put away."), undo_url=undo_url)
    return redirect(first_page(slug, Role.OWNER))


@require_POST
@staff_page(Role.MANAGER)
def show_checklist(request: BusinessRequest) -> HttpResponse:
    """Bring the set-up checklist back."""
    businesses.show_checklist(business=request.business, shown=True, by=request.actor, at=timezone.now())
    return redirect(first_page(request.business.slug, Role.OWNER))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def locations(request: BusinessRequest) -> HttpResponse:
    """Show the branches, and add one."""
    form = LocationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            domain.add(business=request.business, **form.cleaned_data, by=request.actor, at=timezone.now())
        except NameTaken:
            form.add_error("name", NAME_TAKEN)
        else:
            messages.success(request, _("%(location)s is added.") % {"location": form.cleaned_data["name"]})
            return redirect("loyalty:settings-locations", business=request.business.slug)
    return _locations(request, form)


def _locations(request: BusinessRequest, form: LocationForm, *, refused: str = "") -> HttpResponse:
    context = {"form": form, "locations": locations_of(request.business), "refused": refused}
    status = 422 if refused or form.is_bound else 200
    return page(request, "loyalty/console/locations.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def location(request: BusinessRequest, location: UUID) -> HttpResponse:
    """Rename a branch, or say where it is."""
    row = location_at(request.business, location)
    initial = {"name": row.name, "address": row.address}
    form = LocationForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            domain.change(location=row, **form.cleaned_data, by=request.actor, at=timezone.now())
        except NameTaken:
            form.add_error("name", NAME_TAKEN)
        else:
            messages.success(request, _("The location is saved."))
            return redirect("loyalty:settings-locations", business=request.business.slug)
    context = {"form": form, "location": row}
    return page(request, "loyalty/console/location.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff_page(Role.MANAGER)
def close_location(request: BusinessRequest, location: UUID) -> HttpResponse:
    """Close a branch; the toast opens it again."""
    row = location_at(request.business, location)
    try:
        domain.close(location=row, by=request.actor, at=timezone.now())
    except LastLocation:
        return _locations(request, LocationForm(), refused=_("A business keeps at least one location open."))
    slug = request.business.slug
    undo_url = reverse("loyalty:settings-location-reopen", kwargs={"business": slug, "location": location})
    success_with_undo(request, _("%(location)s is closed.") % {"location": row.name}, undo_url=undo_url)
    return redirect("loyalty:settings-locations", business=slug)


@require_POST
@staff_page(Role.MANAGER)
def reopen_location(request: BusinessRequest, location: UUID) -> HttpResponse:
    """Open a closed branch again."""
    row = location_at(request.business, location)
    domain.reopen(location=row, by=request.actor, at=timezone.now())
    messages.success(request, _("%(location)s is open again.") % {"location": row.name})
    return redirect("loyalty:settings-locations", business=request.business.slug)
