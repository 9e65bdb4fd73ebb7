"""Texts in one line: names, addresses, reasons."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loyalty.engine.text import hidden_sign


def no_hidden_sign(text: str) -> None:
    """Refuse a line with a sign that nobody sees: a name would look like another one, or turn the page around it."""
    place = hidden_sign(text)
    if place < 0 or "\0" in text:  # Django refuses the latter
        return
    before = text[:place].split()
    said = (
        _("There is an invisible character after “%(text)s”. Delete it, or type the line again.") % {"text": before[-1]}
        if before
        else _("The line starts with an invisible character. Delete it, or type the line again.")
    )
    raise ValidationError(said, code="hidden_sign")


class OneLine(forms.CharField):
    """A text in one line: what is pasted in several, or with many spaces, comes together."""

    default_validators = [no_hidden_sign]

    def to_python(self, value: Any) -> str:
        """Return the words with one space between them."""
        return " ".join(str(super().to_python(value)).split())
