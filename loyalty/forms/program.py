"""Forms of the program page: its name, and an amount to try."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.forms.amounts import AmountField
from loyalty.forms.lines import OneLine


class TryForm(forms.Form):
    """An amount to try on the program."""

    def __init__(self, data: Any = None, *, currency: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["amount"] = AmountField(currency, label=_("A purchase of"), least=1)


class ProgramForm(forms.Form):
    """The name of the program, and how its bonuses go together."""

    name = OneLine(
        label=gettext_lazy("Name of the program"),
        help_text=gettext_lazy("Members read it on their page."),
        max_length=80,
        error_messages={"required": gettext_lazy("Enter the name of the program.")},
    )
    bonuses_multiply = forms.BooleanField(
        label=gettext_lazy("Several bonuses at once multiply"),
        help_text=gettext_lazy("Otherwise the best one counts."),
        required=False,
    )
