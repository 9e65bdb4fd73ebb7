"""What members change of themselves."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from members.forms.fields import NameField, PhoneField


class ProfileForm(forms.Form):
    """Name and language."""

    name = NameField(label=_("Your name"))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES],
    )


class PhoneForm(forms.Form):
    """A new phone number, read as in the given country."""

    phone = PhoneField()

    def __init__(self, data: Mapping[str, Any] | None = None, *, country: str = "", **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["phone"] = PhoneField(country=country, help_text=_("We send a code there."))
