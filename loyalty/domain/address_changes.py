"""Changing the address that somebody signs in with: whoever had the old one is told first, and can undo it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from loyalty.domain import audit, outbox, users
from loyalty.domain.actors import Actor
from loyalty.domain.outbox import Letter
from loyalty.models import AddressChange, User
from loyalty.queries.address_changes import may_ask

KEPT = timedelta(days=30)
PURPOSE = "log_in.address"

type Write = Callable[[AddressChange], Letter]
"""Writes a letter about a change."""

followers: list[Callable[..., object]] = []
"""Who goes along when an address is put back: called with user, before, after, by and at, in the same transaction."""


class AddressError(Exception):
    """A change of an address that is refused; nothing was written."""


class TooManyChanges(AddressError):
    """The log-in has asked for as many changes as it may in a day."""


class TooLate(AddressError):
    """The change was undone already, or is too old to be."""


class AddressTaken(AddressError):
    """Another log-in has the old address by now."""


@transaction.atomic
def ask(*, user: User, address: str, write: Write, by: Actor, at: datetime) -> AddressChange:
    """Note that a log-in is to have another address once that is proven, and tell the one it has.

    Locks the log-in. Raises TooManyChanges.
    """
    row = _lock(user)
    if not may_ask(row, at):
        raise TooManyChanges
    change = AddressChange.objects.create(user=row, before=row.email, after=address, asked_at=at)
    _tell(change, change.before, write, at)
    _note("asked", change, by=by, at=at)
    return change


@transaction.atomic
def count(
    *, user: User, before: str, after: str, write: Write, write_back: tuple[Write, Write], by: Actor, at: datetime
) -> AddressChange:
    """Note that the new address of a log-in counts from now on, and tell the old one until when it can be undone.

    One that was stopped and came through all the same, as it was on its way already, is put back at once.
    Locks the log-in and the change. Raises AddressTaken.
    """
    row = _lock(user)
    same = AddressChange.objects.select_for_update(of=("self",)).filter(user=row, before=before, after=after)
    change = same.filter(counted_at=None).order_by("-asked_at", "-pk").first()
    change = change or AddressChange(user=row, before=before, after=after, asked_at=at)
    change.counted_at = at
    change.save()
    _note("changed", change, by=by, at=at)
    if change.undone_at:
        return _undo(change, row, write_back, by=by, at=at)
    _tell(change, before, write, at)
    return change


@transaction.atomic
def undo(*, change: AddressChange, write_back: tuple[Write, Write], by: Actor, at: datetime) -> AddressChange:
    """Stop a change that does not count yet, or put the old address back; end all sessions; tell both addresses.

    Second factors that were added since it was asked for go, and so do changes that came after it. write_back are the
    letters to the old and to the new address. Locks the log-in and the change. Raises TooLate, AddressTaken.
    """
    user = _lock(change.user)
    row = AddressChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if not row.can_be_undone(at):
        raise TooLate
    return _undo(row, user, write_back, by=by, at=at)


def clean(*, at: datetime) -> int:
    """Delete changes of thirty days ago: they hold addresses. Return how many."""
    return AddressChange.objects.filter(asked_at__lt=at - KEPT).delete()[0]


def _undo(
    change: AddressChange, user: User, write_back: tuple[Write, Write], *, by: Actor, at: datetime
) -> AddressChange:
    now = user.email
    if now != change.before:
        _give(user, change.before)
        for follow in followers:
            follow(user=user, before=now, after=change.before, by=by, at=at)
    later = AddressChange.objects.filter(user=user, undone_at=None, asked_at__gte=change.asked_at)
    later.update(undone_at=at)
    change.undone_at = at
    change.save(update_fields=["undone_at"])
    factors = _forget_factors(user, since=change.asked_at)
    users.end_sessions(user=user)
    for address, write in zip((change.before, change.after), write_back, strict=True):
        _tell(change, address, write, at)
    _note("undone", change, by=by, at=at, factors=factors)
    return change


def _give(user: User, address: str) -> None:
    """Let a log-in have this address, proven, and no other. Raises AddressTaken."""
    try:
        with transaction.atomic():
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
            user.email = address
            user.save(update_fields=["email"])
    except IntegrityError:
        raise AddressTaken from None


def _forget_factors(user: User, *, since: datetime) -> int:
    """Delete the second factors that were added since a moment; return how many. Recovery codes go with the last."""
    factors = Authenticator.objects.filter(user=user)
    number: int = factors.filter(created_at__gte=since).exclude(type=Authenticator.Type.RECOVERY_CODES).delete()[0]
    if number and not factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        factors.delete()
    return number


def _lock(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def _tell(change: AddressChange, address: str, write: Write, at: datetime) -> None:
    outbox.queue(business=None, recipient=address, letter=write(change), purpose=PURPOSE, at=at)


def _note(act: str, change: AddressChange, *, by: Actor, at: datetime, **data: int) -> None:
    audit.record(verb=f"log_in.address_{act}", by=by, at=at, business=None, obj=change.user, change=change.pk, **data)
