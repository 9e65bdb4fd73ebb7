"""Taking up an invitation to the team of a business."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty.domain import invitations
from loyalty.domain.actors import Actor
from loyalty.domain.staff import StaffError
from loyalty.forms.team import AcceptForm
from loyalty.models import Channel, Invitation, User
from loyalty.nav import first_page
from loyalty.queries import team
from loyalty.queries.team import Standing
from loyalty.web import page

STATUS = {Standing.WITHDRAWN: 410, Standing.EXPIRED: 410, Standing.USED: 410}


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what an invitation is about, and take it up with the log-in it was sent to."""
    row = team.invitation_with(token)
    user = request.user if request.user.is_authenticated else None
    standing = team.standing(row, user, timezone.now())
    if request.method != "POST":
        called = user.name if user else ""
        return _show(request, row, standing, AcceptForm(initial={"called": called}), STATUS.get(standing, 200))
    if standing is Standing.ANONYMOUS:
        return redirect_to_login(request.get_full_path())
    form = AcceptForm(request.POST)
    if standing is not Standing.OPEN:
        return _show(request, row, standing, form, STATUS.get(standing, 403))
    return _accept(request, row, form) if form.is_valid() else _show(request, row, standing, form, 422)


def _accept(request: HttpRequest, row: Invitation, form: AcceptForm) -> HttpResponse:
    by = Actor(Channel.CONSOLE, cast(User, request.user))
    try:
        role = invitations.accept(invitation=row, called=form.cleaned_data["called"], by=by, at=timezone.now())
    except StaffError:
        # Somebody was faster than this request: the page tells what the invitation is by now.
        return HttpResponseRedirect(request.get_full_path())
    messages.success(request, _("Welcome to the team of %(business)s.") % {"business": row.business.name})
    return HttpResponseRedirect(first_page(row.business.slug, role.role))


def _show(request: HttpRequest, row: Invitation, standing: Standing, form: AcceptForm, status: int) -> HttpResponse:
    name, _at, host = row.email.partition("@")
    context = {
        "invitation": row,
        "business": row.business,
        "standing": standing.value,
        "address": f"{name[:1]}***@{host}",
        "form": form,
        "here": request.get_full_path(),
        "first_page": first_page(row.business.slug, row.role) if standing is Standing.ALREADY_STAFF else "",
    }
    return page(request, "loyalty/site/invitation.html", context, status=status)
