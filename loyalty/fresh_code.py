"""A code by mail that proves a log-in afresh, bound to the session that asked for it.

It stands in the session for ten minutes, for three tries, and for the address that the log-in has.
"""

from datetime import timedelta
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from loyalty import codes_sent, log_in_letters
from loyalty.domain import outbox
from loyalty.limits import Limit
from loyalty.models import User

KEY = "fresh_code"
PURPOSE = "code.fresh"
TRIES = 3
SENT = Limit("fresh_code.sent", most=6, seconds=3600)
TRIED = Limit("fresh_code.tried", most=12, seconds=3600)


class FreshCode(AbstractCodeVerificationProcess):  # type: ignore[misc]
    """The code that is out in a session."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(TRIES, settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT, state, cast(User, request.user))

    @classmethod
    def begin(cls, request: HttpRequest) -> "FreshCode | None":
        """Mail a code; None where that was done too often."""
        user = cast(User, request.user)
        if not SENT.allows(user.pk):
            return None
        found = cls(request, cls.initial_state(user=user, email=user.email))
        found.state["code"] = get_adapter(request).generate_login_code()
        found.send()
        found.persist()
        return found

    @classmethod
    def of(cls, request: HttpRequest) -> "FreshCode | None":
        """Return the code that is out in this session and still good for the log-in and its address."""
        state = request.session.get(KEY)
        if not isinstance(state, dict) or state.get("user_id") != str(request.user.pk):
            return None
        found = cls(request, state)
        is_good = found.is_valid() and state.get("email") == cast(User, request.user).email
        return found if is_good else None

    @classmethod
    def count_try(cls, request: HttpRequest) -> None:
        """Count a try of this log-in, over all its codes and sessions; one too many is the end of the code."""
        sent = cls.of(request)
        if sent and not TRIED.allows(request.user.pk):
            sent.abort()

    def persist(self) -> None:
        """Keep the code in the session."""
        self.request.session[KEY] = self.state

    def abort(self) -> None:
        """Forget the code."""
        self.request.session.pop(KEY, None)

    def send(self) -> None:
        """Write the mail, which leaves before all others; the page tells what became of it."""
        user = cast(User, self.request.user)
        letter = log_in_letters.fresh_code(user, self.code)
        at = timezone.now()
        sent = outbox.queue_code(
            business=None, recipient=user.email, letter=letter, purpose=PURPOSE,
            expires_at=at + timedelta(seconds=self.timeout), at=at,
        )  # fmt: skip
        codes_sent.remember(self.request, sent.public_id)

    def finish(self) -> None:
        """Take the log-in as just proven; the code is used up."""
        self.abort()
        user = cast(User, self.request.user)
        record_authentication(self.request, user, method="code", email=user.email, reauthenticated=True)
