"""The three questions of the set-up, each a form."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.engine.amounts import format_amount
from loyalty.engine.lots import ExpiryKind
from loyalty.engine.suggestions import everyday_purchase, everyday_step
from loyalty.forms.amounts import AmountField, QuantityField
from loyalty.forms.lines import OneLine
from loyalty.forms.rules import AWARD_MOST, NO_CHOICE
from loyalty.forms.units import CARD_SIZES
from loyalty.forms.widgets import CardLabel, RadioCards, SuffixInput
from loyalty.templatetags.formats import babel_locale
from rewards.domain.setup import Card, Does, Earning, FirstReward, Points
from rewards.models import RewardKind

_DOES = {
    Does.SPEND: (gettext_lazy("They spend money"), gettext_lazy("Who spends more earns more, as in a shop"), "coins"),
    Does.VISIT: (gettext_lazy("They come by"), gettext_lazy("Each visit counts the same, as in a salon"), "store"),
    Does.BOTH: (gettext_lazy("Both"), gettext_lazy("Visits fill a card, spending earns points"), "layers"),
}  # fmt: skip
_EARNS = {
    "points": (gettext_lazy("Points"), gettext_lazy("They save up for rewards"), "star"),
    "stamps": (gettext_lazy("A stamp card"), gettext_lazy("When it is full, there is a reward"), "stamp"),
    "both": (gettext_lazy("Both"), gettext_lazy("Points and a stamp card side by side"), "layers"),
}
_PER = {
    "visit": (gettext_lazy("One per visit"), gettext_lazy("Also when nothing is bought"), "store"),
    "purchase": (gettext_lazy("One per purchase"), gettext_lazy("When something is paid for"), "shopping-bag"),
}
KIND_ICONS = {
    RewardKind.PRODUCT: "gift",
    RewardKind.MONEY_OFF: "coins",
    RewardKind.PERCENT_OFF: "badge-percent",
    RewardKind.OTHER: "sparkles",
}
_KINDS = {
    RewardKind.PRODUCT: (gettext_lazy("Something free"), gettext_lazy("A coffee, a cut, a dessert")),
    RewardKind.MONEY_OFF: (gettext_lazy("Money off"), gettext_lazy("A fixed amount off the bill")),
    RewardKind.PERCENT_OFF: (gettext_lazy("Percent off"), gettext_lazy("A part of the bill")),
    RewardKind.OTHER: (gettext_lazy("Something else"), gettext_lazy("An invitation, a surprise")),
}
VALIDITIES = {
    "never": (ExpiryKind.NEVER, 0, gettext_lazy("For ever")),
    "quiet-12": (ExpiryKind.INACTIVITY_MONTHS, 12, gettext_lazy("Until 12 months pass without a visit")),
    "months-3": (ExpiryKind.MONTHS, 3, gettext_lazy("3 months from the day they are earned")),
    "months-6": (ExpiryKind.MONTHS, 6, gettext_lazy("6 months from the day they are earned")),
    "months-12": (ExpiryKind.MONTHS, 12, gettext_lazy("12 months from the day they are earned")),
    "months-24": (ExpiryKind.MONTHS, 24, gettext_lazy("24 months from the day they are earned")),
    "year": (ExpiryKind.END_OF_YEAR, 0, gettext_lazy("To the end of the year")),
    "next-year": (ExpiryKind.END_OF_YEAR, 1, gettext_lazy("To the end of next year")),
}


def kind_cards() -> list[tuple[str, CardLabel]]:
    """Return the kinds of reward as cards."""
    return [(kind.value, CardLabel(*words, KIND_ICONS[kind])) for kind, words in _KINDS.items()]


class DoesForm(forms.Form):
    """First question: what do customers do?"""

    names: ClassVar = ("does",)

    does = forms.ChoiceField(
        label=gettext_lazy("What do your customers do?"),
        choices=[(does.value, CardLabel(*words)) for does, words in _DOES.items()],
        widget=RadioCards,
        initial=Does.SPEND.value,
        error_messages=NO_CHOICE,
    )


class EarnsForm(forms.Form):
    """Second question: what do they earn? does is the first answer."""

    only_points: ClassVar = ("unit_name", "unit_name_one", "award", "per_amount")
    only_card: ClassVar = ("card_size", "per", "minimum", "a_day")
    names: ClassVar = ("earns", *only_points, *only_card, "validity")

    earns = forms.ChoiceField(
        label=gettext_lazy("What do they earn?"),
        choices=[(earns, CardLabel(*words)) for earns, words in _EARNS.items()],
        widget=RadioCards,
        error_messages=NO_CHOICE,
    )
    unit_name = OneLine(
        label=gettext_lazy("What are they called?"),
        help_text=gettext_lazy("Points, beans, stars …"),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter what several of them are called.")},
    )
    unit_name_one = OneLine(
        label=gettext_lazy("And one of them?"),
        help_text=gettext_lazy("Point, bean, star …"),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter what one of them is called.")},
    )
    card_size = forms.IntegerField(
        label=gettext_lazy("How many stamps fill the card?"),
        min_value=2,
        max_value=50,
        initial=10,
        widget=SuffixInput(gettext_lazy("stamps")),
        error_messages=CARD_SIZES,
    )
    per = forms.ChoiceField(
        label=gettext_lazy("When is it stamped?"),
        choices=[(per, CardLabel(*words)) for per, words in _PER.items()],
        widget=RadioCards,
        error_messages=NO_CHOICE,
    )
    a_day = forms.IntegerField(
        label=gettext_lazy("At most"),
        min_value=1,
        max_value=50,
        required=False,
        widget=SuffixInput(gettext_lazy("stamps a day")),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), gettext_lazy("Enter a whole number from 1 to 50.")
        ),
    )
    validity = forms.ChoiceField(
        label=gettext_lazy("How long are they good for?"),
        choices=[(name, words) for name, (_kind, _count, words) in VALIDITIES.items()],
        initial="quiet-12",
        error_messages=NO_CHOICE,
    )

    def __init__(self, data: Any = None, *, currency: str, does: Does, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["award"] = QuantityField(label=_("How many"), least=1, most=AWARD_MOST)
        self.fields["per_amount"] = AmountField(currency, label=_("For every"), least=1)
        self.fields["minimum"] = AmountField(currency, label=_("From a purchase of"), required=False)
        by_visit = does is Does.VISIT
        if by_visit:
            del self.fields["per_amount"]
            self.fields["award"].label = _("How many for a visit")
        self.initial = {
            "earns": {Does.SPEND: "points", Does.VISIT: "stamps", Does.BOTH: "both"}[does],
            "unit_name": _("points"),
            "unit_name_one": _("point"),
            "award": 10 if by_visit else 1,
            "per_amount": everyday_step(currency),
            "per": "purchase" if does is Does.SPEND else "visit",
            "a_day": None if does is Does.SPEND else 1,
        } | dict(self.initial)
        self.order_fields(self.names)

    def clean(self) -> dict[str, Any]:
        """Forget what is wrong with questions that do not arise."""
        values = super().clean() or {}
        for name in {"points": self.only_card, "stamps": self.only_points}.get(values.get("earns", ""), ()):
            self.errors.pop(name, None)
        return values

    def earning(self) -> Earning:
        """Return the first two answers."""
        values, points, card = self.cleaned_data, None, None
        if values["earns"] != "stamps":
            points = Points(values["unit_name"], values["unit_name_one"], values["award"], values.get("per_amount"))
        if values["earns"] != "points":
            per_visit = values["per"] == "visit"
            card = Card(values["card_size"], per_visit, 0 if per_visit else values["minimum"] or 0, values["a_day"])
        kind, count, _words = VALIDITIES[values["validity"]]
        return Earning(points, card, kind.value, count)


class GetsForm(forms.Form):
    """Third question: what do they get? earned holds codes and names of what the second answer counts."""

    names: ClassVar = ("kind", "money_off", "percent_off", "name", "unit", "cost", "usual")

    kind = forms.ChoiceField(
        label=gettext_lazy("What do they get?"), choices=kind_cards, widget=RadioCards, error_messages=NO_CHOICE
    )
    name = OneLine(
        label=gettext_lazy("What is it called?"),
        help_text=gettext_lazy("For example “Free coffee”. Left empty, we find a name."),
        max_length=80,
        required=False,
    )
    percent_off = forms.IntegerField(
        label=gettext_lazy("How much off"),
        min_value=1,
        max_value=100,
        initial=10,
        widget=SuffixInput("%"),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), gettext_lazy("Enter a whole number from 1 to 100.")
        ),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("What is it paid with?"), widget=forms.RadioSelect, error_messages=NO_CHOICE
    )

    def __init__(self, data: Any = None, *, currency: str, earned: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.currency = currency
        self.fields["unit"].choices = list(earned.items())  # type: ignore[attr-defined]
        self.fields["money_off"] = AmountField(currency, label=_("How much off"), least=1)
        self.fields["cost"] = QuantityField(label=_("What does it cost?"), least=1, most=1_000_000_000)
        self.fields["usual"] = AmountField(
            currency,
            label=_("What does a customer usually spend?"),
            least=1,
            help_text=_("Only for the forecast; nobody else sees it."),
        )
        if len(earned) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["cost"].widget = SuffixInput(next(iter(earned.values())))
        self.initial = {
            "unit": next(iter(earned)),
            "kind": (RewardKind.MONEY_OFF if "points" in earned else RewardKind.PRODUCT).value,
            "money_off": everyday_step(currency) * 5,
            "usual": everyday_purchase(currency),
        } | dict(self.initial)
        self.order_fields(self.names)

    def clean(self) -> dict[str, Any]:
        """Ask for the amount or percentage of the kind that was chosen, and of no other."""
        values = super().clean() or {}
        for name, kind in (("money_off", RewardKind.MONEY_OFF), ("percent_off", RewardKind.PERCENT_OFF)):
            if values.get("kind") != kind:
                self.errors.pop(name, None)
        return values

    def reward(self) -> FirstReward:
        """Return the reward, named after what it is where it was given no name."""
        values, kind = self.cleaned_data, RewardKind(self.cleaned_data["kind"])
        money = values["money_off"] if kind is RewardKind.MONEY_OFF else 0
        percent = values["percent_off"] if kind is RewardKind.PERCENT_OFF else 0
        name = values["name"] or self._found_name(kind, money, percent)
        return FirstReward(values["unit"], name, kind, values["cost"], KIND_ICONS[kind], money, percent)

    def _found_name(self, kind: RewardKind, money: int, percent: int) -> str:
        match kind:
            case RewardKind.MONEY_OFF:
                return _("%(amount)s off") % {
                    "amount": format_amount(money, currency=self.currency, locale=babel_locale())
                }
            case RewardKind.PERCENT_OFF:
                return _("%(percent)s%% off") % {"percent": percent}
            case RewardKind.PRODUCT:
                return _("One on the house")
            case RewardKind.OTHER:
                return _("A surprise")
