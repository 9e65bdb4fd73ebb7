"""The team: who works here, inviting, roles, leaving."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loyalty import letters
from loyalty.domain import invitations, staff
from loyalty.domain.invitations import AlreadyInvited, InvitationNotOpen, TooManyLetters
from loyalty.domain.staff import AlreadyStaff, LastOwner, NotAllowed, StaffError, TooLate
from loyalty.forms.team import InviteForm, RoleForm, TillForm
from loyalty.models import Role, StaffRole
from loyalty.queries import team as queries
from loyalty.step_up import fresh_proof
from loyalty.toasts import success_with_undo
from loyalty.web import BusinessRequest, page, staff_page

REFUSALS: dict[type[StaffError], Any] = {
    AlreadyStaff: gettext_lazy("Somebody with this address works here already."),
    AlreadyInvited: gettext_lazy("This address is invited already. Send the invitation again from the list below."),
    InvitationNotOpen: gettext_lazy("This invitation was used or withdrawn in the meantime."),
    TooManyLetters: gettext_lazy("That was many mails in a short time. Try again later."),
    TooLate: gettext_lazy("The removal was more than an hour ago. Invite the person again."),
    LastOwner: gettext_lazy("A business keeps at least one owner. Make somebody else an owner first."),
}


@require_safe
@staff_page(Role.MANAGER)
def team(request: BusinessRequest) -> HttpResponse:
    """Show who works here, and who is invited."""
    return _team(request)


def _team(request: BusinessRequest, form: InviteForm | None = None, *, refused: Any = "") -> HttpResponse:
    viewer = _viewer(request)
    context = {
        "form": form or InviteForm(viewer=viewer, owners=False, initial={"role": Role.CASHIER.value}),
        "team": queries.team(request.business, viewer),
        "invitations": queries.invitations(request.business, viewer, timezone.now()),
        "refused": refused,
    }
    return page(request, "loyalty/console/team.html", context, status=422 if form or refused else 200)


def _viewer(request: BusinessRequest) -> StaffRole:
    assert request.role is not None
    return request.role


def _to_team(request: BusinessRequest, words: str, *, undo_url: str = "") -> HttpResponse:
    if undo_url:
        success_with_undo(request, words, undo_url=undo_url)
    else:
        messages.success(request, words)
    return redirect("loyalty:team", business=request.business.slug)


def _refusable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show what the domain refuses above the team: 422, or 403 where the role does not reach."""

    def refused(request: BusinessRequest, **kwargs: UUID) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except NotAllowed:
            raise PermissionDenied from None
        except StaffError as error:
            return _team(request, refused=REFUSALS[type(error)])

    return refused


def _invites_more_than_a_cashier(request: BusinessRequest) -> bool:
    return request.POST.get("role") != Role.CASHIER


@require_POST
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("An invitation to the team"), when=_invites_more_than_a_cashier)
def invite(request: BusinessRequest) -> HttpResponse:
    """Invite somebody by mail."""
    form = InviteForm(request.POST, viewer=_viewer(request), owners=False)
    if not form.is_valid():
        return _team(request, form)
    email, role = form.cleaned_data["email"], form.chosen_role()
    try:
        invitations.invite(
            business=request.business, email=email, role=role, write=letters.invitation, by=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except (AlreadyStaff, AlreadyInvited, TooManyLetters) as error:
        form.add_error("email", REFUSALS[type(error)])
        return _team(request, form)
    return _to_team(request, _("The invitation to %(email)s is on its way.") % {"email": email})


@require_POST
@staff_page(Role.MANAGER)
@_refusable
def resend(request: BusinessRequest, invitation: UUID) -> HttpResponse:
    """Mail an invitation again."""
    row = queries.invitation_at(request.business, invitation)
    invitations.resend(invitation=row, write=letters.invitation, by=request.actor, at=timezone.now())
    return _to_team(request, _("The invitation to %(email)s is on its way again.") % {"email": row.email})


@require_POST
@staff_page(Role.MANAGER)
@_refusable
def withdraw(request: BusinessRequest, invitation: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    row = queries.invitation_at(request.business, invitation)
    invitations.withdraw(invitation=row, by=request.actor, at=timezone.now())
    return _to_team(request, _("The invitation to %(email)s is withdrawn.") % {"email": row.email})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.MANAGER)
def person(request: BusinessRequest, person: UUID) -> HttpResponse:
    """Show somebody of the team, and change their name at the till and location."""
    row = _reached(request, person)
    form = TillForm(request.POST if request.method == "POST" else None, staff=row, business=request.business)
    if not form.is_valid():
        return _person(request, row, form=form)
    name, location = form.cleaned_data["display_name"], form.chosen_location()
    staff.change_details(staff=row, display_name=name, location=location, by=request.actor, at=timezone.now())
    return _to_team(request, _("%(name)s is saved.") % {"name": name})


def _person(
    request: BusinessRequest, row: StaffRole, *, form: TillForm | None = None, role_form: RoleForm | None = None
) -> HttpResponse:
    viewer = _viewer(request)
    bad = bool((form and form.is_bound) or role_form)
    context = {
        "person": row,
        "form": form or TillForm(staff=row, business=request.business),
        "role_form": role_form or RoleForm(viewer=viewer, initial={"role": row.role}),
    }
    return page(request, "loyalty/console/person.html", context, status=422 if bad else 200)


def _reached(request: BusinessRequest, public_id: UUID) -> StaffRole:
    """Return somebody whom the viewer may change: 404 for nobody, 403 for who stands above, or is the viewer."""
    row = queries.staff_at(request.business, public_id)
    viewer = _viewer(request)
    if row.pk == viewer.pk or not queries.reaches(viewer, row.role):
        raise PermissionDenied
    return row


@require_POST
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("A change of a role"))
@_refusable
def change_role(request: BusinessRequest, person: UUID) -> HttpResponse:
    """Change what somebody may do."""
    row = _reached(request, person)
    form = RoleForm(request.POST, viewer=_viewer(request))
    if not form.is_valid():
        return _person(request, row, role_form=form)
    role, before = form.chosen_role(), row.role
    staff.change_role(staff=row, role=role, by=request.actor, at=timezone.now())
    words = _("%(name)s: %(role)s.") % {"name": row.display_name, "role": role.label}
    if role == before:
        return _to_team(request, words)
    return _to_team(request, words, undo_url=_of_person("loyalty:person-role-back", row, role=before))


@require_POST
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("A change of a role"))
@_refusable
def role_back(request: BusinessRequest, person: UUID, role: str) -> HttpResponse:
    """Undo a change of a role: give the one back that is named, if the viewer may give it."""
    row = _reached(request, person)
    form = RoleForm({"role": role}, viewer=_viewer(request))
    if not form.is_valid():
        return _person(request, row, role_form=form)
    earlier = form.chosen_role()
    staff.change_role(staff=row, role=earlier, by=request.actor, at=timezone.now())
    return _to_team(request, _("%(name)s: %(role)s again.") % {"name": row.display_name, "role": earlier.label})


@require_POST
@staff_page(Role.MANAGER)
@_refusable
def reset_pin(request: BusinessRequest, person: UUID) -> HttpResponse:
    """Take somebody's PIN away, so that they set a new one."""
    row = _reached(request, person)
    staff.reset_pin(staff=row, by=request.actor, at=timezone.now())
    return _to_team(request, _("%(name)s has no PIN now and can set a new one.") % {"name": row.display_name})


@require_POST
@staff_page(Role.MANAGER)
@_refusable
def remove(request: BusinessRequest, person: UUID) -> HttpResponse:
    """End somebody's role at once."""
    row = _reached(request, person)
    staff.remove(staff=row, by=request.actor, at=timezone.now())
    words = _("%(name)s does not work here any more.") % {"name": row.display_name}
    return _to_team(request, words, undo_url=_of_person("loyalty:person-take-back", row))


def _was_more_than_a_cashier(request: BusinessRequest, person: UUID) -> bool:
    return queries.ended_at(request.business, person).role != Role.CASHIER


@require_POST
@staff_page(Role.MANAGER)
@fresh_proof(gettext_lazy("A change of a role"), when=_was_more_than_a_cashier)
@_refusable
def take_back(request: BusinessRequest, person: UUID) -> HttpResponse:
    """Undo a removal."""
    row = queries.ended_at(request.business, person)
    staff.take_back(staff=row, by=request.actor, at=timezone.now())
    return _to_team(request, _("%(name)s works here again, and sets a new PIN.") % {"name": row.display_name})


def _of_person(name: str, row: StaffRole, **more: str) -> str:
    return reverse(name, kwargs={"business": row.business.slug, "person": row.public_id, **more})
