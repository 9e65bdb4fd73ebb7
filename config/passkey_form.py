"""The form for a new passkey, in the words of this product."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.forms.lines import OneLine


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A key that also signs in by itself, unless somebody wants it as a second factor only."""

    name = OneLine(label=_("Name"), help_text=_("To tell your keys apart, such as “My phone”."), required=False)
    passwordless = forms.BooleanField(
        label=_("Sign in with this key alone"),
        help_text=_("Without a code by e-mail. It needs a device that asks for your fingerprint, face or PIN."),
        initial=True,
        required=False,
    )
