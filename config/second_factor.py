"""What counts as a fresh proof of a log-in: a factor that was just added, the code that confirmed a new account."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils import timezone

from loyalty.domain import users
from loyalty.domain.actors import Actor
from loyalty.log_in_letters import first_factor
from loyalty.models import Channel, User
from loyalty.queries.team import has_second_factor


def count_as_shown(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Take a factor that was just added as just shown.

    Otherwise the recovery codes, which follow next, would ask for it at once, and an app's six figures work once only.
    """
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)


def tell_the_platform(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Let the other platform staff know when one of them gets the first factor: it opens the back office."""
    is_factor = authenticator.type != Authenticator.Type.RECOVERY_CODES
    if user.is_staff and is_factor and not has_second_factor(user, besides=authenticator):
        at = timezone.now()
        users.note_first_factor(
            user=user, write=lambda other: first_factor(other, user, at), by=Actor(Channel.PORTAL, user), at=at
        )


def count_as_proven(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """Take the code that confirmed a newcomer's address as one that was just shown.

    Not so for somebody who is signed in: that code went to an address that does not count yet.
    """
    if not request.user.is_authenticated:
        record_authentication(request, email_address.user, "code", email=email_address.email)
