"""What happens around a person's second factor."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from loyalty.models import User


def count_as_shown(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Take a factor that was just added as just shown.

    Otherwise the recovery codes, which follow next, would ask for it at once, and an app's six figures work once only.
    """
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)
