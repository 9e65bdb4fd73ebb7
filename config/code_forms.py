"""Typing in the code that was mailed: its tries are counted before it is compared, also those of the same moment."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmEmailVerificationCodeForm, ConfirmLoginCodeForm
from allauth.core import context

from loyalty.limits import Limit

SECONDS = 3600


def within_tries(code: str, most: int) -> bool:
    """Count a try of a session at the code it was sent; django-allauth counts in the session, which none locks."""
    who = f"{context.request.session.session_key}:{code}"
    return Limit("account.code", most=most, seconds=SECONDS).allows(who)


class LoginCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    """Logging in by a code."""

    def clean_code(self) -> Any:
        """Return the code if it is the one, and not tried too often."""
        if not within_tries(self.expected_code, app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS):
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_code()


class EmailCodeForm(ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """Proving a log-in's address by a code."""

    def clean_code(self) -> Any:
        """Return the code if it is the one, and not tried too often."""
        if not within_tries(self.expected_code, app_settings.EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS):
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_code()
