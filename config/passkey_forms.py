"""The forms of passkeys, in the words of this product; what is no answer of a key is refused, whatever it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.forms.lines import OneLine

NO_ANSWER = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
"""What reading the answer of a key raises where it is none: django-allauth sees to some of them."""


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except NO_ANSWER:
        raise get_adapter().validation_error("incorrect_code") from None


class CredentialField(forms.JSONField):
    """The answer of a key as JSON. Python refuses a number of 5,000 digits, or a thousand brackets, in its own way."""

    def __init__(self) -> None:
        super().__init__(required=True, widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        """Return what is said, which names its parts. Raises ValidationError.

        django-allauth takes 0 and false for no answer, looks no further, and keeps a key that is none.
        """
        with _refused():
            said = super().to_python(value)
        if said is not None and not isinstance(said, dict):
            raise get_adapter().validation_error("incorrect_code")
        return said

    def bound_data(self, data: Any, initial: Any) -> None:
        """Return nothing: an answer counts once, and is not shown again in a form that is refused."""

    def prepare_value(self, value: Any) -> str:
        """Return nothing, for the same reason."""
        return ""


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A key that also signs in by itself, unless somebody wants it as a second factor only."""

    name = OneLine(
        label=_("Name"), help_text=_("To tell your keys apart, such as “My phone”."), required=False, max_length=80
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with this key alone"),
        help_text=_("Without a code by e-mail. It needs a device that asks for your fingerprint, face or PIN."),
        initial=True,
        required=False,
    )
    credential = CredentialField()

    def clean(self) -> Any:
        """Read the answer of the key."""
        with _refused():
            return super().clean()


class EditKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a key."""

    name = OneLine(label=_("Name"), max_length=80)


class _Answer(AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()

    def clean_credential(self) -> Any:
        with _refused():
            return super().clean_credential()


class LoginKeyForm(_Answer, LoginWebAuthnForm):  # type: ignore[misc]
    """Logging in by a key alone."""


class AuthenticateKeyForm(_Answer):
    """A key as second factor of a log-in."""


class ReauthenticateKeyForm(_Answer, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A key once more, before something that asks for it."""
