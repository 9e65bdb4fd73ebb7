"""Forms of changes that give or keep less: from which day they hold, and what is given back of one."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from loyalty.forms.reasons import reason_field
from loyalty.queries.reasons import day_in_words

FURTHEST = timedelta(days=730)
USUAL = timedelta(days=90)
"""So long what a change took is good again, if nobody says otherwise."""


def _day(label: Any, first: date, required: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput({"type": "date", "min": first.isoformat()}, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(("required", "invalid"), required),
        **more,
    )


class HoldsFromForm(forms.Form):
    """From which day in the business's zone a change holds; first is the first day that leaves time to tell all."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, first: date, suggested: date) -> None:
        super().__init__(data, initial={"holds_from": suggested})
        self.first = first
        self.fields["holds_from"] = _day(
            _("The change holds from"), first, _("Enter the day from which it holds."),
            help_text=_("Until then everything stays as it is, and members are told what is to come."),
        )  # fmt: skip

    def clean_holds_from(self) -> date:
        """Refuse a day that comes too soon to tell all, or is years away."""
        day: date = self.cleaned_data["holds_from"]
        if day < self.first:
            words = _t("Enter %(day)s or a later day, so that members can be told first.")
            raise forms.ValidationError(words % {"day": day_in_words(self.first)}, code="soon")
        if day > self.first + FURTHEST:
            raise forms.ValidationError(_t("Enter a day within the next two years."), code="far")
        return day


class GiveBackForm(forms.Form):
    """Through which day what a change took is good again, and why. today is the business's."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, initial={"last_good_day": today + USUAL, "key": uuid4().hex})
        self.today = today
        self.fields["last_good_day"] = _day(
            _("Good again through"), today, _("Enter the last day on which they are good.")
        )
        self.fields["reason"] = reason_field()
        self.fields["key"] = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def clean_last_good_day(self) -> date:
        """Refuse a day that is over."""
        day: date = self.cleaned_data["last_good_day"]
        if day < self.today:
            raise forms.ValidationError(_t("This day is over. Enter today or a later day."), code="past")
        return day
