"""Above which amounts a manager is asked at the till."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from loyalty.forms.amounts import AmountField
from loyalty.models import Business


class CapsForm(forms.Form):
    """A cap for one purchase and one for the day of a customer, in the currency's smallest part; empty is none."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, business: Business) -> None:
        super().__init__(data, initial={"sale_cap": business.sale_cap, "day_cap": business.day_cap})
        self.fields["sale_cap"] = AmountField(
            business.currency, label=_("For one purchase"), least=1, required=False,
            help_text=_("Leave empty for no limit. Choose what only a slip of the thumb would reach."),
        )  # fmt: skip
        self.fields["day_cap"] = AmountField(
            business.currency, label=_("For one customer and day"), least=1, required=False,
            help_text=_("Leave empty for no limit. All purchases of a customer from midnight to midnight count."),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a day that ends before its first purchase."""
        super().clean()
        sale_cap, day_cap = self.cleaned_data.get("sale_cap"), self.cleaned_data.get("day_cap")
        if sale_cap is not None and day_cap is not None and day_cap < sale_cap:
            self.add_error("day_cap", _t("This is less than for one purchase. Enter as much or more."))
        return self.cleaned_data
