"""The form of a reward, cleaned into the domain's details."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.engine.pictures import PHOTO
from loyalty.forms.amounts import AmountField, QuantityField
from loyalty.forms.lines import OneLine
from loyalty.forms.pictures import PictureField
from loyalty.forms.rules import NO_CHOICE, NO_DAY
from loyalty.forms.widgets import CardLabel, PictureInput, RadioCards, SuffixInput
from loyalty.models import Business, Unit
from rewards.domain.catalogue import KEEP, RewardDetails
from rewards.forms.setup import kind_cards
from rewards.models import Reward, RewardIcon, RewardKind

LIMITS = ("per_member", "available_from", "available_to", "voucher_days", "online")
TEXTS = ("name", "description", "terms")


def _whole(label: Any, suffix: Any, help_text: Any, **kwargs: Any) -> forms.IntegerField:
    errors = {
        "invalid": gettext_lazy("Enter a whole number."),
        "min_value": gettext_lazy("Enter at least %(limit_value)s."),
        "max_value": gettext_lazy("Enter at most %(limit_value)s."),
    }
    return forms.IntegerField(
        label=label, widget=SuffixInput(suffix), help_text=help_text, required=False, error_messages=errors, **kwargs
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages=NO_DAY,
    )


class RewardForm(forms.Form):
    """A reward; details() is what it cleans into. units are those that it may cost."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do they get?"),
        choices=kind_cards,
        widget=RadioCards,
        initial=RewardKind.PRODUCT.value,
        error_messages=NO_CHOICE,
    )
    percent_off = forms.IntegerField(
        label=gettext_lazy("How much off"),
        min_value=1,
        max_value=100,
        widget=SuffixInput("%"),
        error_messages={
            "required": gettext_lazy("Enter how much is taken off."),
            "invalid": gettext_lazy("Enter a whole number from 1 to 100."),
            "min_value": gettext_lazy("Enter a whole number from 1 to 100."),
            "max_value": gettext_lazy("Enter a whole number from 1 to 100."),
        },
    )
    name = OneLine(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("For example “Free coffee”."),
        max_length=80,
        error_messages={"required": gettext_lazy("Enter the name of the reward.")},
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        help_text=gettext_lazy("A sentence or two that makes it tempting."),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    unit = forms.ChoiceField(label=gettext_lazy("Paid with"), widget=forms.RadioSelect, error_messages=NO_CHOICE)
    picture = PictureField(
        shape=PHOTO,
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("PNG, JPEG or WebP, at most 5 MB. Landscape ones look best."),
        required=False,
        widget=PictureInput,
    )
    icon = forms.ChoiceField(
        label=gettext_lazy("Icon"),
        help_text=gettext_lazy("Shown where there is no picture."),
        choices=[(name, CardLabel(words, icon=name)) for name, words in RewardIcon.choices],
        widget=RadioCards,
        initial="gift",
        error_messages=NO_CHOICE,
    )
    terms = forms.CharField(
        label=gettext_lazy("Terms"),
        help_text=gettext_lazy("What a member should know: not on holidays, one per table …"),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    stock = _whole(
        gettext_lazy("Pieces left"), gettext_lazy("pieces"), gettext_lazy("Left empty, there are always enough."),
        min_value=0, max_value=1_000_000,
    )  # fmt: skip
    stock_shown = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    per_member = _whole(
        gettext_lazy("At most for each member"), gettext_lazy("pieces"), gettext_lazy("Left empty, there is no limit."),
        min_value=1, max_value=1_000_000,
    )  # fmt: skip
    available_from = _day(gettext_lazy("First day"))
    available_to = _day(gettext_lazy("Last day"))
    voucher_days = _whole(
        gettext_lazy("A voucher is good for"), gettext_lazy("days"),
        gettext_lazy("After the day on which it was taken. Left empty, it never runs out."),
        min_value=0, max_value=3650, initial=30,
    )  # fmt: skip
    online = forms.BooleanField(
        label=gettext_lazy("Members can take it online"),
        help_text=gettext_lazy("They get a voucher on their page. Otherwise it is taken at the counter only."),
        required=False,
        initial=True,
    )

    field_order = (
        "kind", "money_off", "percent_off", "at_most", "name", "description", "unit", "cost", "picture", "icon",
        "stock", "per_member", "available_from", "available_to", "voucher_days", "online", "terms", "stock_shown",
    )  # fmt: skip

    def __init__(
        self, data: Any = None, files: Any = None, *, business: Business, units: Sequence[Unit], **kwargs: Any
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.units = {unit.code: unit for unit in units}
        self.decimals = max((unit.decimals for unit in units), default=0)
        self.fields["money_off"] = AmountField(business.currency, label=_("How much off"), least=1)
        self.fields["money_off"].error_messages["required"] = _("Enter how much is taken off.")
        self.fields["at_most"] = AmountField(
            business.currency, label=_("At most"), least=1, required=False, help_text=_("For expensive bills.")
        )
        self.fields["cost"] = QuantityField(decimals=self.decimals, label=_("Cost"), least=1, most=10**9)
        self.fields["cost"].error_messages["required"] = _("Enter what it costs.")
        self.fields["unit"].choices = [(unit.code, unit.name) for unit in units]  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["cost"].widget = SuffixInput(units[0].name)
        self.initial.setdefault("unit", units[0].code if units else "")
        self.order_fields(self.field_order)

    @classmethod
    def initial_of(cls, reward: Reward, units: Sequence[Unit]) -> dict[str, Any]:
        """Return initial values that show a reward."""
        shown = {name: getattr(reward, name) for name in cls.field_order if name not in ("stock_shown", "unit", "cost")}
        most = max(unit.decimals for unit in units)
        return shown | {
            "unit": reward.unit.code,
            "cost": reward.cost * 10 ** (most - reward.unit.decimals),
            "stock_shown": "" if reward.stock is None else str(reward.stock),
            "money_off": reward.money_off or None,
            "percent_off": reward.percent_off or None,
        }

    def clean(self) -> dict[str, Any]:
        """Ask for the amount or percentage of the kind, and for days in their order."""
        values = super().clean() or {}
        for name, kind in (("money_off", RewardKind.MONEY_OFF), ("percent_off", RewardKind.PERCENT_OFF)):
            if values.get("kind") != kind:
                self.errors.pop(name, None)
        first, last = values.get("available_from"), values.get("available_to")
        if first and last and last < first:
            self.add_error("available_to", _("The last day comes before the first. Choose a later one."))
        self.cost = self._cost(values)
        return values

    def _cost(self, values: Mapping[str, Any]) -> int:
        """Return the cost in smallest parts of the unit itself."""
        unit = self.units.get(values.get("unit", ""))
        cost, rest = divmod(values.get("cost") or 0, 10 ** (self.decimals - (unit.decimals if unit else self.decimals)))
        if rest:
            self.add_error("cost", _("Enter a whole number, without decimals."))
        return int(cost)

    def details(self) -> RewardDetails:
        """Return the reward as the domain takes it. Stock that was not touched stays what it is by now."""
        values, kind = self.cleaned_data, RewardKind(self.cleaned_data["kind"])
        typed = "" if values["stock"] is None else str(values["stock"])
        picture = values["picture"]
        untouched = typed == values["stock_shown"]
        return RewardDetails(
            unit=self.units[values["unit"]], cost=self.cost, kind=kind, icon=values["icon"],
            picture=picture if isinstance(picture, ContentFile) else None if picture is False else KEEP,
            money_off=(values["money_off"] or 0) if kind is RewardKind.MONEY_OFF else 0,
            percent_off=(values["percent_off"] or 0) if kind is RewardKind.PERCENT_OFF else 0,
            at_most=values["at_most"] if kind is RewardKind.PERCENT_OFF else None,
            stock=KEEP if untouched else values["stock"],
            **{name: values[name] for name in (*TEXTS, *LIMITS)},
        )  # fmt: skip

    def preview(self, reward: Reward | None) -> Reward:
        """Return the reward as it would look, unsaved: what is typed where it is right, else what is there now."""
        shown = Reward(name=_("Your reward"), cost=0, unit=next(iter(self.units.values())))
        if reward:
            shown.picture = reward.picture
        right = self.cleaned_data if self.is_bound else self.initial
        for name in (*TEXTS, *LIMITS, "kind", "icon", "stock"):
            value = right.get(name, self.fields[name].initial)
            if value not in (None, ""):
                setattr(shown, name, value)
        shown.unit = self.units.get(str(right.get("unit")), shown.unit)
        shown.cost = (right.get("cost") or 0) // 10 ** (self.decimals - shown.unit.decimals)
        return shown
