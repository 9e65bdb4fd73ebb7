"""What is added to an account or taken from it by hand, and why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from loyalty.domain.adjustments import BY_RULE, LastGoodDay
from loyalty.forms.amounts import QuantityField
from loyalty.forms.reasons import reason_field
from loyalty.forms.widgets import CardLabel, RadioCards
from loyalty.models import Unit
from loyalty.queries.adjustments import day_by_rule
from loyalty.queries.reasons import day_in_words
from members.forms.counter import KeyForm

OTHER = "other"
REASONS = {
    "missed": _("A purchase was not recorded"),
    "slip": _("A slip at the till"),
    "sorry": _("For the trouble"),
    "paper": _("Carried over from a paper card"),
}
ADD, REMOVE = "add", "remove"


class AdjustForm(KeyForm):
    """How much of a unit is added or removed, in smallest parts, why, and until when what is added is good."""

    way = forms.ChoiceField(
        label=_("What is to be done"), initial=ADD, widget=RadioCards,
        choices=[(ADD, CardLabel(_("Add"), "", "plus")), (REMOVE, CardLabel(_("Take away"), "", "minus"))],
        error_messages={"required": _("Choose whether to add or to take away."), "invalid_choice": _("Choose one.")},
    )  # fmt: skip
    why = forms.ChoiceField(
        label=_("Why"), choices=[*REASONS.items(), (OTHER, _("Another reason"))], widget=forms.RadioSelect,
        error_messages={"required": _("Choose why: the member reads it."), "invalid_choice": _("Choose one.")},
    )  # fmt: skip
    last_good_day = forms.DateField(
        label=_("Use by"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"invalid": _("Enter a day, for example 31 December 2027.")},
    )  # fmt: skip

    never = forms.BooleanField(label=_("Never expires"), required=False, help_text=_("Only for what is added."))

    field_order = ("key", "way", "amount", "why", "reason", "last_good_day", "never")

    def __init__(self, data: Mapping[str, Any] | None = None, *, unit: Unit, today: date, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = today
        self.by_rule = day_by_rule(unit, today)
        self.fields["last_good_day"].help_text = self._if_empty(unit)
        if self.by_rule is None:
            del self.fields["never"]
        self.fields["amount"] = QuantityField(
            decimals=unit.decimals, suffix=unit.name, label=_("How much"), least=1,
            error_messages={"required": _("Enter how much.")},
        )  # fmt: skip
        self.fields["reason"] = reason_field()
        self.fields["reason"].label = _("In your own words")
        self.fields["reason"].required = False
        self.order_fields(self.field_order)

    def _if_empty(self, unit: Unit) -> str:
        """Say through which day what is added is good if none is entered."""
        if self.by_rule:
            day = day_in_words(self.by_rule)
            return _t("Only for what is added. Leave empty to follow the program: use by %(day)s.") % {"day": day}
        if unit.policy_on(self.today).by_inactivity:
            return _t("Only for what is added. Leave empty to follow the program: it expires without activity.")
        return _t("Only for what is added. Leave empty if it never expires.")

    def clean_last_good_day(self) -> date | None:
        """Refuse a day that is over."""
        day: date | None = self.cleaned_data["last_good_day"]
        if day and day < self.today:
            raise forms.ValidationError(_("This day is over. Enter today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for own words where none of the ready ones is chosen."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("why") == OTHER and "reason" in cleaned and not cleaned["reason"]:
            self.add_error("reason", _("Enter why: the member reads it."))
        if cleaned.get("never") and cleaned.get("last_good_day"):
            self.add_error("never", _("Enter a day or check this box, not both."))
        return cleaned

    @property
    def lasting(self) -> LastGoodDay:
        """Through which day what is added is good: the one entered, for ever, or as the unit's rule says."""
        day: date | None = self.cleaned_data["last_good_day"]
        return None if self.cleaned_data.get("never") else day or BY_RULE

    @property
    def signed(self) -> int:
        """How much the balance changes by."""
        amount: int = self.cleaned_data["amount"]
        return amount if self.cleaned_data["way"] == ADD else -amount

    @property
    def reason(self) -> str:
        """Why, as the member reads it: the ready words, the own ones, or both."""
        ready, own = REASONS.get(self.cleaned_data["why"], ""), self.cleaned_data["reason"]
        return ": ".join(filter(None, (str(ready), own)))[:200]

    @property
    def booking_key(self) -> str:
        """The key, as the books keep it."""
        return f"adjust:{self.cleaned_data['key']}"
