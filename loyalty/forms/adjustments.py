"""What one person may adjust alone, unit by unit."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.forms.amounts import QuantityField
from loyalty.models import Unit


class LimitsForm(forms.Form):
    """A limit for each unit, in smallest parts; empty is no limit."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, units: Sequence[Unit], **options: Any) -> None:
        limits = {unit.code: unit.adjustment_limit for unit in units}
        super().__init__(data, initial=limits, **options)
        for unit in units:
            self.fields[unit.code] = QuantityField(
                decimals=unit.decimals, suffix=unit.name, label=unit.name[:1].upper() + unit.name[1:], required=False,
                help_text=_("Empty: one person may adjust as much as needed. 0: every adjustment needs two."),
            )  # fmt: skip
