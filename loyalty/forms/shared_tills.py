"""Forms about the devices that a team shares at the counter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.forms.lines import OneLine
from loyalty.forms.widgets import SuffixInput
from loyalty.models import Business, Location, SharedTill
from loyalty.queries import businesses

LONGEST_LOCK = 240


class SharedTillForm(forms.Form):
    """What a shared device is called, and where it is."""

    name = OneLine(
        label=_("Device name"),
        max_length=40,
        help_text=_("It appears with each purchase, for example “Bar tablet”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter a name for the device."),
            "max_length": _("Use 40 characters or fewer for the name."),
        },
    )
    location = forms.ChoiceField(
        label=_("Location"),
        required=False,
        help_text=_("Purchases on this device are recorded there."),
        error_messages={"invalid_choice": _("Choose one of the locations.")},
    )

    def __init__(self, data: Any = None, *, business: Business, till: SharedTill | None = None) -> None:
        self.locations = {str(row.public_id): row for row in businesses.open_locations(business)}
        here = str(till.location.public_id) if till and till.location else ""
        super().__init__(data, initial={"name": till.name if till else "", "location": here})
        field = self.fields["location"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Location of the cashier")), *((key, row.name) for key, row in self.locations.items())]

    def values(self) -> dict[str, Any]:
        """Return the name and the location, None for that of whoever serves."""
        location: Location | None = self.locations.get(self.cleaned_data["location"])
        return {"name": self.cleaned_data["name"], "location": location}


class LockForm(forms.Form):
    """After how long without use a shared device locks itself."""

    till_lock_minutes = forms.IntegerField(
        label=_("Lock after"),
        min_value=1,
        max_value=LONGEST_LOCK,
        widget=SuffixInput(_("minutes")),
        help_text=_("After this long without use, a shared device asks for a PIN."),
        error_messages={
            "required": _("Enter a number of minutes."),
            "invalid": _("Enter a whole number of minutes."),
            "min_value": _("Enter 1 minute or more."),
            "max_value": _("Enter 240 minutes or less."),
        },
    )

    @classmethod
    def of(cls, business: Business, data: Any = None) -> "LockForm":
        """Return the form filled with a business's minutes, or with what was sent."""
        return cls(data, initial={"till_lock_minutes": business.till_lock_minutes})
