"""Fields for what people type of themselves: kind to every way of writing it, strict in what comes out."""

from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.forms.lines import no_hidden_sign
from members.engine.phones import in_e164


class EmailField(forms.EmailField):
    """An e-mail address, in small letters."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("E-mail address"))
        options.setdefault("widget", forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}))
        options.setdefault(
            "error_messages",
            {
                "required": _("Enter your e-mail address."),
                "invalid": _("Enter an e-mail address like name@example.com."),
            },
        )
        super().__init__(max_length=254, **options)

    def clean(self, value: Any) -> str:
        """Return the address in small letters, without the spaces around it."""
        return str(super().clean(str(value or "").strip())).lower()


class NameField(forms.CharField):
    """What a person is called: any letters of any script, one line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Name"))
        options.setdefault("widget", forms.TextInput({"autocomplete": "name"}))
        options.setdefault(
            "error_messages",
            {"required": _("Enter your name."), "max_length": _("Write the name with at most 80 characters.")},
        )
        super().__init__(max_length=80, **options)
        self.validators.append(no_hidden_sign)

    def clean(self, value: Any) -> str:
        """Return the name with single spaces."""
        return str(super().clean(" ".join(str(value or "").split())))


class PhoneField(forms.CharField):
    """A phone number, read as in the given country (two letters, may be empty) and given back in E.164."""

    def __init__(self, *, country: str = "", **options: Any) -> None:
        self.country = country.upper()
        options.setdefault("label", _("Phone number"))
        options.setdefault("widget", forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}))
        options.setdefault("error_messages", {"required": _("Enter a phone number.")})
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> str:
        """Return the number in E.164, or an empty text."""
        text = str(super().clean(value))
        if not text:
            return ""
        number = in_e164(text, self.country)
        if not number:
            raise forms.ValidationError(self._advice(), code="invalid")
        return number

    def _advice(self) -> str:
        example = self.country and phonenumbers.example_number_for_type(
            self.country, phonenumbers.PhoneNumberType.MOBILE
        )
        if not example:
            return str(_("Enter a phone number with its country code, like +44 7400 123456."))
        written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        return str(_("Enter a phone number like %(example)s.") % {"example": written})


class CodeField(forms.CharField):
    """A six-digit code that came by mail or SMS; spaces and hyphens in it do not matter."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Six-digit code"))
        options.setdefault(
            "widget",
            forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
        )
        options.setdefault("error_messages", {"required": _("Enter the code that we sent you.")})
        super().__init__(max_length=40, **options)
