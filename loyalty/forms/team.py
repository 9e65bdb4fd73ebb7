"""Forms about the people who work in a business."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.engine.pins import PinFault
from loyalty.forms.lines import OneLine
from loyalty.forms.widgets import CardLabel, RadioCards
from loyalty.models import Business, Location, Role, StaffRole
from loyalty.queries import businesses
from loyalty.queries.team import reaches

ROLE_CARDS = {
    Role.CASHIER: CardLabel(_("Cashier"), _("Records purchases and hands out rewards at the counter."), "scan-line"),
    Role.MANAGER: CardLabel(
        _("Manager"), _("Sets up the program and rewards, sees all figures, invites cashiers."), "store"
    ),
    Role.OWNER: CardLabel(_("Owner"), _("May do everything, also change managers and owners."), "crown"),
}

PIN_FAULTS = {
    PinFault.NOT_DIGITS: _("Use digits only."),
    PinFault.LENGTH: _("Use 4 to 8 digits."),
    PinFault.REPEATED: _("Digits that repeat are easy to guess. Choose another PIN."),
    PinFault.SEQUENCE: _("Digits in a row are easy to guess. Choose another PIN."),
    PinFault.YEAR: _("A year is easy to guess. Choose another PIN."),
    PinFault.COMMON: _("Many people choose this PIN. Choose another one."),
}


def _roles(viewer: StaffRole, *, owners: bool) -> list[tuple[str, CardLabel]]:
    """Return the roles that somebody may give."""
    return [
        (role.value, card)
        for role, card in ROLE_CARDS.items()
        if reaches(viewer, role) and (owners or role != Role.OWNER)
    ]


class RoleForm(forms.Form):
    """What somebody may do."""

    role = forms.ChoiceField(
        label=_("Role"),
        widget=RadioCards,
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose one of the roles.")},
    )

    def __init__(self, *args: Any, viewer: StaffRole, owners: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _roles(viewer, owners=owners)

    def chosen_role(self) -> Role:
        """Return the role chosen."""
        return Role(self.cleaned_data["role"])


class InviteForm(RoleForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter an e-mail address."),
            "invalid": _("Enter an e-mail address like name@example.com."),
            "max_length": _("The e-mail address is too long."),
        },
    )

    field_order = ("email", "role")


class TillForm(forms.Form):
    """How somebody is called at the till, and where they work."""

    display_name = OneLine(
        label=_("Name at the till"),
        max_length=60,
        error_messages={"required": _("Enter a name."), "max_length": _("Use at most 60 letters for the name.")},
    )
    location = forms.ChoiceField(
        label=_("Location"),
        required=False,
        help_text=_("Purchases are recorded there, unless another is chosen at the till."),
        error_messages={"invalid_choice": _("Choose one of the locations.")},
    )

    def __init__(self, data: Any = None, *, staff: StaffRole, business: Business) -> None:
        self.locations = {str(row.public_id): row for row in businesses.open_locations(business)}
        here = str(staff.location.public_id) if staff.location else ""
        super().__init__(data, initial={"display_name": staff.display_name, "location": here})
        field = self.fields["location"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Any")), *((key, row.name) for key, row in self.locations.items())]

    def chosen_location(self) -> Location | None:
        """Return the branch chosen, or None for any."""
        return self.locations.get(self.cleaned_data["location"])


class PinForm(forms.Form):
    """A PIN, typed twice."""

    pin = forms.CharField(
        label=_("New PIN"),
        max_length=20,
        help_text=_("4 to 8 digits that nobody guesses: no 1234, no year."),
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "new-password"}),
        error_messages={"required": _("Enter a PIN."), "max_length": _("Use 4 to 8 digits.")},
    )
    again = forms.CharField(
        label=_("The same PIN again"),
        max_length=20,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "new-password"}),
        error_messages={"required": _("Enter the PIN again."), "max_length": _("Use 4 to 8 digits.")},
    )

    def clean(self) -> dict[str, Any]:
        """Hold the two against each other."""
        values = super().clean() or {}
        if {"pin", "again"} <= values.keys() and values["pin"] != values["again"]:
            self.add_error("again", _("The two PINs differ. Type the same one twice."))
        return values


class AcceptForm(forms.Form):
    """What somebody who takes up an invitation is called."""

    called = OneLine(
        label=_("Your name"),
        max_length=60,
        help_text=_("Your team sees it at the till."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name."), "max_length": _("Use at most 60 letters for your name.")},
    )
