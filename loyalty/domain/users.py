"""Closing log-ins, and ending where they are signed in."""

from collections.abc import Callable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from loyalty.domain import audit, outbox
from loyalty.domain.actors import Actor
from loyalty.domain.outbox import Letter
from loyalty.models import User


class NotYourself(Exception):
    """Nobody closes the log-in they are using."""


@transaction.atomic
def set_active(*, user: User, active: bool, by: Actor, at: datetime) -> User:
    """Close a log-in from the next request on, or open it again. Raises NotYourself."""
    if by.user == user:
        raise NotYourself
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if row.is_active != active:
        row.is_active = active
        row.save(update_fields=["is_active"])
        verb = "user.opened" if active else "user.closed"
        audit.record(verb=verb, by=by, at=at, business=None, obj=row)
    return row


@transaction.atomic
def end_sessions(*, user: User) -> None:
    """Sign a log-in out everywhere, from the next request on, whatever its sessions are kept in.

    Nobody has a password here; a new mark that none is set ends each session that knew the old one.
    """
    user.set_unusable_password()
    user.save(update_fields=["password"])
    for session in UserSession.objects.filter(user=user):
        session.end()


@transaction.atomic
def note_first_factor(*, user: User, write: Callable[[User], Letter], by: Actor, at: datetime) -> int:
    """Note that one of the platform's staff has a second factor now, and tell the others; return how many were told."""
    others = list(User.objects.filter(is_staff=True, is_active=True).exclude(pk=user.pk).order_by("pk"))
    for other in others:
        outbox.queue(business=None, recipient=other.email, letter=write(other), purpose="log_in.first_factor", at=at)
    audit.record(verb="log_in.factor_added", by=by, at=at, business=None, obj=user, told=len(others))
    return len(others)
