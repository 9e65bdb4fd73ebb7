"""Finding a membership that was made at the counter, or the account of an older card."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms.fields import EmailField, PhoneField
from members.forms.join import OpenedForm


class ClaimForm(OpenedForm):
    """The address and the phone number that somebody gave at the counter."""

    email = EmailField(help_text=_("The one you gave at the counter, if you gave one. It will be your log-in."))
    phone = PhoneField(required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        country: str = "",
        ask_email: bool = True,
        ask_phone: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.fields["phone"] = PhoneField(
            country=country,
            required=False,
            help_text=_("Only if you gave it at the counter. We send a code there, too."),
        )
        if not ask_email:
            del self.fields["email"]
        if not ask_phone:
            del self.fields["phone"]


class CardForm(forms.Form):
    """The number of an older card."""

    card = forms.CharField(
        label=_("Card number"),
        max_length=40,
        error_messages={"required": _("Enter the number of your card.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
