"""What an owner or manager says when giving something for good will."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.forms.amounts import QuantityField
from loyalty.forms.reasons import reason_field
from loyalty.models import Unit
from members.forms.counter import KeyForm

USUAL = timedelta(days=30)
"""So long what ran out is good again, if nobody says otherwise."""


class ReinstateForm(KeyForm):
    """Through which day what ran out is good again, and why. today is the business's."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date, **options: Any) -> None:
        super().__init__(data, initial={"last_good_day": today + USUAL}, **options)
        self.today = today
        self.fields["last_good_day"] = forms.DateField(
            label=_("Good again through"),
            widget=forms.DateInput({"type": "date", "min": today.isoformat()}, format="%Y-%m-%d"),
            error_messages=dict.fromkeys(("required", "invalid"), _("Enter the last day on which they are good.")),
        )
        self.fields["reason"] = reason_field()

    def clean_last_good_day(self) -> date:
        """Refuse a day that is over."""
        day: date = self.cleaned_data["last_good_day"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over. Enter today or a later day."), code="past")
        return day

    @property
    def booking_key(self) -> str:
        """The key, as the books keep it."""
        return f"reinstate:{self.cleaned_data['key']}"


class ForgiveForm(KeyForm):
    """How much of what is owed of a unit is forgiven, in smallest parts, and why."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, unit: Unit, owed: int, **options: Any) -> None:
        super().__init__(data, initial={"amount": owed}, **options)
        self.unit = unit
        self.fields["amount"] = QuantityField(
            decimals=unit.decimals, suffix=unit.name, label=_("How much"), least=1, most=owed,
            error_messages={"required": _("Enter how much is forgiven.")},
        )  # fmt: skip
        self.fields["reason"] = reason_field()

    @property
    def booking_key(self) -> str:
        """The key, as the books keep it."""
        return f"forgive:{self.cleaned_data['key']}"
