"""The form that says what a program counts."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty.domain.program import UnitDraft
from loyalty.engine.amounts import Rounding
from loyalty.engine.lots import ExpiryKind, ExpiryPolicy, shortest_life
from loyalty.forms.lines import OneLine
from loyalty.forms.widgets import CardLabel, RadioCards
from loyalty.models import Unit, UnitKind

CARD_SIZES = dict.fromkeys(
    ("required", "invalid", "min_value", "max_value"), gettext_lazy("Enter a whole number from 2 to 50.")
)
UNCOUNTED = (ExpiryKind.NEVER.value, ExpiryKind.END_OF_YEAR.value)
LONGEST_HOLD = 365
HOLD_DAYS = gettext_lazy("Enter a whole number from 0 to 365.")
EXPIRIES = [
    (ExpiryKind.NEVER.value, gettext_lazy("Never")),
    (ExpiryKind.MONTHS.value, gettext_lazy("So many months after they were earned")),
    (ExpiryKind.MONTHS_END_OF_MONTH.value, gettext_lazy("So many months, to the end of that month")),
    (ExpiryKind.DAYS.value, gettext_lazy("So many days after they were earned")),
    (ExpiryKind.END_OF_YEAR.value, gettext_lazy("At the end of the year (so many years on)")),
    (ExpiryKind.INACTIVITY_MONTHS.value, gettext_lazy("After so many months without a visit")),
    (ExpiryKind.INACTIVITY_DAYS.value, gettext_lazy("After so many days without a visit")),
]
ROUNDINGS = [
    (Rounding.DOWN.value, gettext_lazy("Down: 12.90 earns 12")),
    (Rounding.HALF_UP.value, gettext_lazy("To the nearest: 12.50 earns 13")),
    (Rounding.UP.value, gettext_lazy("Up: 12.10 earns 13")),
]
_POINTS = CardLabel(gettext_lazy("Points"), gettext_lazy("Of any name: beans, stars, hearts"), "star")
_STAMPS = CardLabel(gettext_lazy("Stamps"), gettext_lazy("A card that fills up"), "stamp")
KIND_CARDS = [(UnitKind.POINTS.value, _POINTS), (UnitKind.STAMPS.value, _STAMPS)]


class UnitForm(forms.Form):
    """A unit of the draft. A new one also chooses its kind; draft() is what it cleans into."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), choices=KIND_CARDS, widget=RadioCards, initial=UnitKind.POINTS.value
    )
    name = OneLine(
        label=gettext_lazy("Name of several"),
        help_text=gettext_lazy("For example “beans”."),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter what several of them are called.")},
    )
    name_one = OneLine(
        label=gettext_lazy("Name of one"),
        help_text=gettext_lazy("For example “bean”."),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter what one of them is called.")},
    )
    card_size = forms.IntegerField(
        label=gettext_lazy("Places on a card"),
        min_value=2,
        max_value=50,
        required=False,
        initial=10,
        error_messages=CARD_SIZES,
    )
    decimals = forms.TypedChoiceField(
        label=gettext_lazy("Decimals"),
        help_text=gettext_lazy("Cannot be changed later."),
        choices=[(0, gettext_lazy("Whole numbers")), (1, "0.1"), (2, "0.01")],
        coerce=int,
        initial=0,
    )
    rounding = forms.ChoiceField(
        label=gettext_lazy("Fractions are rounded"), choices=ROUNDINGS, initial=Rounding.DOWN.value
    )
    expiry = forms.ChoiceField(label=gettext_lazy("They expire"), choices=EXPIRIES, initial=ExpiryKind.NEVER.value)
    expiry_count = forms.IntegerField(
        label=gettext_lazy("How many days, months or years"),
        min_value=0,
        max_value=1200,
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a whole number.")},
    )
    hold_days = forms.IntegerField(
        label=gettext_lazy("Days until they can be spent"),
        help_text=gettext_lazy(
            "With 14, what is earned on 1 March can be spent from 15 March: after your time for returns. 0: at once."
        ),
        min_value=0,
        max_value=LONGEST_HOLD,
        required=False,
        initial=0,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), HOLD_DAYS),
    )

    def __init__(self, data: Any = None, *, unit: Unit | None = None, **kwargs: Any) -> None:
        shown = {name: getattr(unit, name) for name in self.base_fields} if unit else {}
        super().__init__(data, initial=shown | kwargs.pop("initial", {}), **kwargs)
        self.unit = unit
        for name in ("kind", "decimals") if unit else ():
            del self.fields[name]
        if unit and unit.kind != UnitKind.STAMPS:
            del self.fields["card_size"]

    def clean(self) -> dict[str, Any]:
        """Ask for the size of a card, and for how long where that is counted."""
        values = super().clean() or {}
        if self.unit_kind == UnitKind.STAMPS and not values.get("card_size") and "card_size" not in self.errors:
            self.add_error("card_size", _("Enter how many places a card has."))
        if (
            values.get("expiry", UNCOUNTED[0]) not in UNCOUNTED
            and not values.get("expiry_count")
            and "expiry_count" not in self.errors
        ):
            self.add_error("expiry_count", _("Enter how many days or months."))
        self._check_hold(values)
        return values

    def _check_hold(self, values: dict[str, Any]) -> None:
        """Refuse a hold that outlasts what it holds."""
        if self.errors or not values.get("hold_days"):
            return
        life = shortest_life(ExpiryPolicy(ExpiryKind(values["expiry"]), values["expiry_count"] or 0))
        if life is None or values["hold_days"] < life:
            return
        words = ngettext(
            "Enter fewer days, or let them last longer: some would run out %(count)d day after they were earned.",
            "Enter fewer days, or let them last longer: some would run out %(count)d days after they were earned.",
            life,
        )
        at_once = _("Enter 0, or let them last longer: some would run out on the day itself.")
        self.add_error("hold_days", words % {"count": life} if life else at_once)

    @property
    def unit_kind(self) -> UnitKind:
        """What kind of unit this is or is to become."""
        return UnitKind(self.unit.kind if self.unit else self.cleaned_data.get("kind") or UnitKind.POINTS)

    def draft(self, code: str) -> UnitDraft:
        """Return the unit as the domain drafts it, under a code."""
        values, stamps = self.cleaned_data, self.unit_kind == UnitKind.STAMPS
        never = values["expiry"] == ExpiryKind.NEVER.value
        return UnitDraft(
            code=code, kind=self.unit_kind, name=values["name"], name_one=values["name_one"],
            decimals=self.unit.decimals if self.unit else 0 if stamps else values["decimals"],
            card_size=values["card_size"] if stamps else None, rounding=values["rounding"], expiry=values["expiry"],
            expiry_count=0 if never else values["expiry_count"] or 0, hold_days=values["hold_days"] or 0,
        )  # fmt: skip
