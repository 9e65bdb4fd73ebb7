"""Typing in the code of an app or a recovery code, each of which counts once."""

from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth

from loyalty import factor_secrets
from loyalty.domain import factors


class _Once:
    authenticator: Authenticator

    def clean_code(self) -> Any:
        """Return the code if it is good and was not used; django-allauth forgets one sooner than it stops to count."""
        code = super().clean_code()  # type: ignore[misc]
        used = self.authenticator
        if used.type == Authenticator.Type.TOTP and not factors.take_step(factor=used, step=step_of(used, code)):
            raise get_adapter().validation_error("incorrect_code")
        return code


def step_of(factor: Authenticator, code: str) -> int:
    """Return the number of the half-minute since 1970 whose code this is; 0 if of none that counts now."""
    secret = factor_secrets.decrypt(factor.data["secret"])
    steps = (
        step
        for step in auth.yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=auth.format_hotp_value(auth.hotp_value(secret, step)))
    )
    return next(steps, 0)


class FactorForm(_Once, AuthenticateForm):  # type: ignore[misc]
    """The second factor of a log-in."""


class FactorAgainForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    """The factor once more, before something that asks for it."""
