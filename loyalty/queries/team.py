"""Who works in a business, and who is asked to."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.shortcuts import get_object_or_404

from loyalty.models import Business, Invitation, Role, StaffRole, User


@dataclass(frozen=True, slots=True)
class TeamRow:
    """Somebody of the team as one of them sees it. reachable: the viewer may change or remove them."""

    staff: StaffRole
    second_factor: bool
    mine: bool
    reachable: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that was neither used nor withdrawn. reachable: the viewer may send it again or withdraw it."""

    invitation: Invitation
    expired: bool
    reachable: bool


class Standing(StrEnum):
    """What an invitation is to whoever opens its link."""

    ANONYMOUS = "anonymous"
    OPEN = "open"
    OTHER_ADDRESS = "other_address"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    USED = "used"
    ALREADY_STAFF = "already_staff"


def reaches(viewer: StaffRole, role: str) -> bool:
    """Return whether somebody may change people with a role: an owner everybody, a manager cashiers."""
    return viewer.may(Role.OWNER) or (viewer.may(Role.MANAGER) and role == Role.CASHIER)


def team(business: Business, viewer: StaffRole) -> list[TeamRow]:
    """Return everybody who works in the business, owners first, then by name. One query."""
    rank = Case(When(role=Role.OWNER, then=Value(0)), When(role=Role.MANAGER, then=Value(1)), default=Value(2))
    rows = (
        StaffRole.objects.filter(business=business, ended_at=None)
        .select_related("user", "location")
        .annotate(second_factor=Exists(_second_factors().filter(user=OuterRef("user"))))
        .order_by(rank, "display_name", "pk")
    )
    return [
        TeamRow(row, row.second_factor, row.pk == viewer.pk, row.pk != viewer.pk and reaches(viewer, row.role))
        for row in rows
    ]


def invitations(business: Business, viewer: StaffRole, at: datetime) -> list[InvitationRow]:
    """Return the invitations that nobody has answered, the newest first. One query."""
    rows = Invitation.objects.filter(business=business, accepted_at=None, withdrawn_at=None)
    rows = rows.select_related("invited_by").order_by("-invited_at", "-pk")
    return [InvitationRow(row, row.expires_at <= at, reaches(viewer, row.role)) for row in rows]


def staff_at(business: Business, public_id: UUID) -> StaffRole:
    """Return somebody of the team, or raise Http404."""
    rows = StaffRole.objects.select_related("user", "location", "business")
    return get_object_or_404(rows, business=business, public_id=public_id, ended_at=None)


def ended_at(business: Business, public_id: UUID) -> StaffRole:
    """Return somebody whose place in the team has ended, or raise Http404."""
    rows = StaffRole.objects.select_related("user", "business").exclude(ended_at=None)
    return get_object_or_404(rows, business=business, public_id=public_id)


def invitation_at(business: Business, public_id: UUID) -> Invitation:
    """Return an invitation of the business, or raise Http404."""
    return get_object_or_404(Invitation.objects.select_related("business"), business=business, public_id=public_id)


def invitation_with(token: str) -> Invitation:
    """Return the invitation that a secret link is about, of an open business, or raise Http404."""
    rows = Invitation.objects.select_related("business", "invited_by")
    return get_object_or_404(rows, token_digest=token_digest(token), business__closed_at=None)


def token_digest(token: str) -> str:
    """Return what is stored of an invitation's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def standing(invitation: Invitation, user: User | None, at: datetime) -> Standing:
    """Return what an invitation is to somebody. One query at most."""
    if invitation.withdrawn_at:
        return Standing.WITHDRAWN
    if invitation.accepted_at:
        return Standing.USED
    if invitation.expires_at <= at:
        return Standing.EXPIRED
    if user is None:
        return Standing.ANONYMOUS
    if invitation.email != user.email.lower():
        return Standing.OTHER_ADDRESS
    works_here = StaffRole.objects.filter(business=invitation.business, user=user, ended_at=None).exists()
    return Standing.ALREADY_STAFF if works_here else Standing.OPEN


def has_second_factor(user: User, *, besides: Authenticator | None = None) -> bool:
    """Return whether a log-in asks for more than the code by mail: an authenticator app or a passkey, besides one."""
    return _second_factors().filter(user=user).exclude(pk=besides.pk if besides else None).exists()


def _second_factors() -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return rows


def has_pins(business: Business) -> bool:
    """Return whether anybody of the running team has a PIN. One query."""
    team = StaffRole.objects.filter(business=business, ended_at=None, user__is_active=True)
    return team.exclude(pin_digest="").exists()


def works_somewhere(user: User) -> bool:
    """Return whether a log-in is of platform staff, or works in a business. One query at most."""
    return user.is_staff or StaffRole.objects.filter(user=user, ended_at=None).exists()


def somebody_may_allow(business: Business) -> bool:
    """Return whether an owner or manager has a PIN, by which a cashier is allowed more at the till."""
    team = StaffRole.objects.filter(business=business, ended_at=None, role__in=(Role.OWNER, Role.MANAGER))
    return team.exclude(pin_digest="").exists()
