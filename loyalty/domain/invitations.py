"""Inviting people by mail to work in a business."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from loyalty.domain import audit, outbox, staff
from loyalty.domain.actors import Actor
from loyalty.domain.outbox import Letter
from loyalty.domain.staff import AlreadyStaff, StaffError
from loyalty.models import Business, Invitation, OutboxMessage, Role, StaffRole
from loyalty.queries.team import token_digest

GOOD_FOR = timedelta(days=7)
LETTERS_PER_DAY = 50
PAUSE = timedelta(minutes=1)
PURPOSE = "staff.invited"

type Write = Callable[[Invitation, str], Letter]
"""Writes the mail of an invitation with its secret token."""


class AlreadyInvited(StaffError):
    """An open invitation to this address exists."""


class InvitationNotOpen(StaffError):
    """The invitation was used, withdrawn, has run out, or was for another address."""


class TooManyLetters(StaffError):
    """The business has sent as many invitations as it may in a day, or this one a moment ago."""


@transaction.atomic
def invite(*, business: Business, email: str, role: Role, write: Write, by: Actor, at: datetime) -> Invitation:
    """Invite an address for seven days and queue the mail; only a digest of the token is stored.

    Raises AlreadyStaff, AlreadyInvited, NotAllowed, TooManyLetters.
    """
    inviter = staff.check_reach(by.staff, role)
    address = email.strip().lower()
    if StaffRole.objects.filter(business=business, user__email=address, ended_at=None).exists():
        raise AlreadyStaff
    _check_pace(business, at)
    mine = Invitation.objects.filter(business=business, email=address, accepted_at=None, withdrawn_at=None)
    mine.filter(expires_at__lte=at).update(withdrawn_at=at)
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        business=business, email=address, role=role, token_digest=token_digest(token), invited_by=inviter,
        invited_at=at, expires_at=at + GOOD_FOR,
    )  # fmt: skip
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError:
        raise AlreadyInvited from None
    _mail(invitation, token, write, at)
    audit.record(verb="staff.invited", by=by, at=at, business=business, obj=invitation, role=role.value)
    return invitation


@transaction.atomic
def resend(*, invitation: Invitation, write: Write, by: Actor, at: datetime) -> Invitation:
    """Mail an invitation again with a new token, for seven days from now; the old link is dead.

    Raises InvitationNotOpen, NotAllowed, TooManyLetters.
    """
    row = _lock(invitation)
    staff.check_reach(by.staff, Role(row.role))
    if row.accepted_at or row.withdrawn_at:
        raise InvitationNotOpen
    if at < row.invited_at + PAUSE:
        raise TooManyLetters
    _check_pace(row.business, at)
    token = secrets.token_urlsafe(24)
    row.token_digest, row.invited_at, row.expires_at = token_digest(token), at, at + GOOD_FOR
    row.save(update_fields=["token_digest", "invited_at", "expires_at"])
    _mail(row, token, write, at)
    audit.record(verb="staff.invited_again", by=by, at=at, business=row.business, obj=row)
    return row


@transaction.atomic
def accept(*, invitation: Invitation, called: str, by: Actor, at: datetime) -> StaffRole:
    """Take an invitation up with the log-in it was sent to; called is the name at the till.

    Raises InvitationNotOpen, AlreadyStaff.
    """
    assert by.user is not None
    row = _lock(invitation)
    if row.accepted_at or row.withdrawn_at or row.expires_at <= at or row.email != by.user.email:
        raise InvitationNotOpen
    role = staff.add(business=row.business, user=by.user, role=Role(row.role), called=called, by=by, at=at)
    row.accepted_at = at
    row.save(update_fields=["accepted_at"])
    return role


@transaction.atomic
def withdraw(*, invitation: Invitation, by: Actor, at: datetime) -> None:
    """Withdraw an open invitation. Raises InvitationNotOpen, NotAllowed."""
    row = _lock(invitation)
    staff.check_reach(by.staff, Role(row.role))
    if row.accepted_at or row.withdrawn_at:
        raise InvitationNotOpen
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    audit.record(verb="staff.invitation_withdrawn", by=by, at=at, business=row.business, obj=row)


def forget_letters(*, at: datetime) -> int:
    """Forget what the mails of invitations said whose seven days are over. Return how many."""
    return outbox.forget(purposes=PURPOSE, before=at - GOOD_FOR)


def _lock(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).select_related("business").get(pk=invitation.pk)


def _check_pace(business: Business, at: datetime) -> None:
    """Nobody mails strangers in heaps through us."""
    sent = OutboxMessage.objects.filter(business=business, purpose=PURPOSE, created_at__gt=at - timedelta(days=1))
    if sent.count() >= LETTERS_PER_DAY:
        raise TooManyLetters


def _mail(invitation: Invitation, token: str, write: Write, at: datetime) -> None:
    outbox.queue(
        business=invitation.business,
        recipient=invitation.email,
        letter=write(invitation, token),
        purpose=PURPOSE,
        at=at,
        expires_at=invitation.expires_at,
        is_secret=True,
    )
