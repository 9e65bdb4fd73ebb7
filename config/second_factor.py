"""What counts as a fresh proof of a log-in: a factor that was just added, the code that confirmed a new account."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from loyalty.models import User


def count_as_shown(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Take a factor that was just added as just shown.

    Otherwise the recovery codes, which follow next, would ask for it at once, and an app's six figures work once only.
    """
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)


def count_as_proven(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """Take the code that confirmed a newcomer's address as one that was just shown.

    Not so for somebody who is signed in: that code went to an address that does not count yet.
    """
    if not request.user.is_authenticated:
        record_authentication(request, email_address.user, "code", email=email_address.email)
