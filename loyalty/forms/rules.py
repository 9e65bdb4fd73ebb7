"""Forms that edit the draft of a program: rules, bonuses, units and name, cleaned into drafts of the domain."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from babel import Locale
from babel.dates import get_day_names
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.domain.program import BonusDraft, RuleDraft
from loyalty.engine.days import local_day, start_of_day
from loyalty.engine.rules import Method, Trigger
from loyalty.forms.amounts import AmountField, QuantityField
from loyalty.forms.lines import OneLine, no_hidden_sign
from loyalty.forms.widgets import CardLabel, RadioCards, SuffixInput
from loyalty.models import Bonus, Business, EarningRule, Unit
from loyalty.queries.explain import Speech
from loyalty.queries.program import bonus_facts, rule_facts
from loyalty.templatetags.formats import babel_locale

NAMES_MOST, NAME_LONGEST = 100, 80
# So that what the largest purchase earns still fits the books.
AWARD_MOST, FACTOR_MOST = 100_000, 50
NO_DAY = {"invalid": gettext_lazy("Enter a day such as 2027-01-31.")}
NO_CHOICE = {"required": gettext_lazy("Choose one."), "invalid_choice": gettext_lazy("Choose one of these.")}
KINDS = {
    "amount": (Trigger.PURCHASE, Method.PER_AMOUNT),
    "purchase": (Trigger.PURCHASE, Method.FLAT),
    "visit": (Trigger.VISIT, Method.FLAT),
    "item": (Trigger.PURCHASE, Method.PER_ITEM),
}
_KIND_WORDS = {
    "amount": (gettext_lazy("For an amount"), gettext_lazy("So many for every euro, dong or forint"), "coins"),
    "purchase": (gettext_lazy("For a purchase"), gettext_lazy("The same whatever is bought"), "shopping-bag"),
    "visit": (gettext_lazy("For a visit"), gettext_lazy("Also without a purchase"), "store"),
    "item": (gettext_lazy("For each item"), gettext_lazy("For example a stamp per drink"), "coffee"),
}
KIND_CARDS = [(kind, CardLabel(*words)) for kind, words in _KIND_WORDS.items()]


class NamesField(forms.CharField):
    """Names of goods as the till writes them, one a line; cleaned into a list."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=10_000, widget=forms.Textarea({"rows": 2}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return the names, each once, in their order."""
        names = list(dict.fromkeys(line.strip() for line in super().clean(value).splitlines() if line.strip()))
        if len(names) > NAMES_MOST or any(len(name) > NAME_LONGEST for name in names):
            raise forms.ValidationError(_("Enter at most 100 names of at most 80 characters, one a line."))
        for name in names:
            no_hidden_sign(name)
        return names


class ScopeForm(forms.Form):
    """What rules and bonuses share: the unit, the name, and which purchases they look at."""

    conditions: ClassVar[tuple[str, ...]] = (
        "minimum", "weekdays", "first_day", "last_day",
        "included_categories", "excluded_categories", "included_items", "excluded_items",
    )  # fmt: skip

    unit = forms.ChoiceField(label=gettext_lazy("What is earned"), widget=forms.RadioSelect, error_messages=NO_CHOICE)
    name = OneLine(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Members read it where they ask why. Left empty, the rule itself is the name."),
        max_length=80,
        required=False,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Only on"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages=NO_DAY,
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages=NO_DAY,
    )
    included_categories = NamesField(
        label=gettext_lazy("Only these categories"), help_text=gettext_lazy("As your till writes them, one a line.")
    )
    excluded_categories = NamesField(label=gettext_lazy("Not these categories"))
    included_items = NamesField(label=gettext_lazy("Only these items"))
    excluded_items = NamesField(label=gettext_lazy("Not these items"))

    def __init__(self, data: Any = None, *, business: Business, units: Mapping[str, Unit], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.business, self.units = business, units
        self.decimals = max((unit.decimals for unit in units.values()), default=0)
        choices = [(code, unit.name) for code, unit in units.items()]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]
        self.initial.setdefault("unit", choices[0][0] if choices else "")
        names = get_day_names(locale=Locale.parse(babel_locale()))
        self.fields["weekdays"].choices = [(day, names[day]) for day in range(7)]  # type: ignore[attr-defined]
        self.fields["minimum"] = AmountField(
            business.currency, label=_("From a purchase of"), required=False, help_text=_("Smaller ones do not count.")
        )

    @property
    def has_conditions(self) -> bool:
        """Whether any condition is set or at fault, so that they are shown open."""
        return any(self[name].value() or self[name].errors for name in self.conditions)

    def clean(self) -> dict[str, Any]:
        """Bring quantities to the unit's own decimals, and check the window."""
        values = super().clean() or {}
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first. Choose a later one."))
        return values

    def quantity(self, name: str) -> int | None:
        """Return a typed quantity in smallest parts of the chosen unit; more decimals than it has are an error."""
        typed, unit = self.cleaned_data.get(name), self.units.get(self.cleaned_data.get("unit", ""))
        if typed is None or unit is None:
            return None
        parts, rest = divmod(typed, 10 ** (self.decimals - unit.decimals))
        if rest:
            self.add_error(name, _("Enter a whole number, without decimals."))
        return int(parts)

    def scope(self) -> dict[str, Any]:
        """Return the columns of RuleScope."""
        values, zone = self.cleaned_data, self.business.time_zone
        first, last = values["first_day"], values["last_day"]
        return {
            **{name: values[name] for name in self.conditions if name.endswith(("items", "categories"))},
            "weekdays": sorted(values["weekdays"]),
            "starts_at": start_of_day(first, zone) if first else None,
            "ends_at": start_of_day(last + timedelta(days=1), zone) if last else None,
            "minimum": values["minimum"] or 0,
        }

    @classmethod
    def scope_of(cls, fields: Mapping[str, Any], zone: str) -> dict[str, Any]:
        """Return RuleScope's columns as initial values."""
        last: date | None = local_day(fields["ends_at"] - timedelta(seconds=1), zone) if fields["ends_at"] else None
        return {
            **{name: fields[name] for name in cls.conditions if name in fields},
            "minimum": fields["minimum"] or None,
            "first_day": local_day(fields["starts_at"], zone) if fields["starts_at"] else None,
            "last_day": last,
        }

    def speech(self) -> Speech:
        """Return who says rules in words."""
        return Speech(self.business, dict(self.units), babel_locale())


class RuleForm(ScopeForm):
    """An earning rule; draft() is what it cleans into."""

    conditions = (*ScopeForm.conditions, "limit_per_day", "before_tax", "exclusive", "priority")
    field_order = ("kind", "award", "unit", "per_amount", "whole_steps")

    kind = forms.ChoiceField(
        label=gettext_lazy("What for"),
        choices=KIND_CARDS,
        widget=RadioCards,
        initial="amount",
        error_messages=NO_CHOICE,
    )
    whole_steps = forms.BooleanField(
        label=gettext_lazy("Only full steps count"),
        help_text=gettext_lazy(
            "With 1 for every 10.00, a purchase of 19.00 earns 1. Otherwise it earns in proportion."
        ),
        required=False,
    )
    before_tax = forms.BooleanField(label=gettext_lazy("Count the amount before tax"), required=False)
    exclusive = forms.BooleanField(
        label=gettext_lazy("Stands alone"),
        help_text=gettext_lazy("Where it applies, the other rules for the same unit do not add to it."),
        required=False,
    )
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        help_text=gettext_lazy("Of several rules that stand alone, the highest wins."),
        min_value=-1000,
        max_value=1000,
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a whole number.")},
    )

    def __init__(self, data: Any = None, *, business: Business, units: Mapping[str, Unit], **kwargs: Any) -> None:
        super().__init__(data, business=business, units=units, **kwargs)
        self.fields["award"] = QuantityField(label=_("How many"), decimals=self.decimals, least=1, most=AWARD_MOST)
        self.fields["per_amount"] = AmountField(business.currency, label=_("For every"), least=1)
        self.fields["limit_per_day"] = QuantityField(
            label=_("At most so many a day"), decimals=self.decimals, least=1, required=False,
            help_text=_("For one member. Left empty there is no limit."),
        )  # fmt: skip
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Ask for an amount only where one is counted."""
        values = super().clean()
        if values.get("kind") != "amount":
            self.errors.pop("per_amount", None)
        self.award, self.limit_per_day = self.quantity("award"), self.quantity("limit_per_day")
        return values

    def draft(self) -> RuleDraft:
        """Return the rule as the domain drafts it."""
        values = self.cleaned_data
        trigger, method = KINDS[values["kind"]]
        per_amount = values["per_amount"] if method is Method.PER_AMOUNT else 0
        fields = self.scope() | {
            "whole_steps": values["whole_steps"] and method is Method.PER_AMOUNT,
            "before_tax": values["before_tax"],
            "exclusive": values["exclusive"],
            "priority": values["priority"] or 0,
            "limit_per_day": self.limit_per_day,
        }
        rule = RuleDraft(values["unit"], "", trigger.value, method.value, self.award or 0, per_amount, fields)
        row = EarningRule(**rule.values(self.units))
        return RuleDraft(
            rule.unit, values["name"] or self.speech().rule(rule_facts(row))[:80], rule.trigger, rule.method,
            rule.award, rule.per_amount, fields,
        )  # fmt: skip

    @classmethod
    def initial_of(cls, rule: RuleDraft, units: Mapping[str, Unit], zone: str) -> dict[str, Any]:
        """Return initial values that show a rule."""
        kinds = {pair: kind for kind, pair in KINDS.items()}
        scale = _scale(units, rule.unit)
        limit = rule.fields["limit_per_day"]
        return cls.scope_of(rule.fields, zone) | {
            "kind": kinds.get((Trigger(rule.trigger), Method(rule.method)), "amount"),
            "unit": rule.unit,
            "name": rule.name,
            "award": rule.award * scale,
            "per_amount": rule.per_amount or None,
            "limit_per_day": limit * scale if limit else None,
            **{name: rule.fields[name] for name in ("whole_steps", "before_tax", "exclusive")},
            "priority": rule.fields["priority"] or None,
        }


class BonusForm(ScopeForm):
    """A multiplier or an addition in a window; draft() is what it cleans into."""

    factor = forms.DecimalField(
        label=gettext_lazy("Times"),
        help_text=gettext_lazy("2 doubles what the rules give, also what a rule gives once for a purchase or a visit."),
        min_value=Decimal("0.001"),
        max_value=FACTOR_MOST,
        decimal_places=3,
        required=False,
        localize=True,
        widget=SuffixInput("×"),  # noqa: RUF001
        error_messages={"invalid": gettext_lazy("Enter a number such as 2 or 1.5.")},
    )
    only_rates = forms.BooleanField(
        label=gettext_lazy("But not what is given once"),
        help_text=gettext_lazy("Only what grows with the amount or the items is multiplied."),
        required=False,
    )

    def __init__(self, data: Any = None, *, business: Business, units: Mapping[str, Unit], **kwargs: Any) -> None:
        super().__init__(data, business=business, units=units, **kwargs)
        self.fields["addition"] = QuantityField(
            label=_("And so many more"), decimals=self.decimals, most=AWARD_MOST, required=False,
            help_text=_("Once for the purchase, if a rule gives anything for it."),
        )  # fmt: skip
        self.order_fields(("unit", "factor", "only_rates", "addition"))

    def clean(self) -> dict[str, Any]:
        """Ask for at least one of the two."""
        values = super().clean()
        self.addition = self.quantity("addition")
        if not self.errors and not values.get("factor") and not self.addition:
            self.add_error("factor", _("Enter what it multiplies by, or how many more it gives."))
        return values

    def draft(self) -> BonusDraft:
        """Return the bonus as the domain drafts it."""
        values = self.cleaned_data
        thousandths = int(values["factor"] * 1000) if values["factor"] else None
        whole = not (thousandths and values["only_rates"])
        bonus = BonusDraft(values["unit"], "", thousandths, self.addition or 0, whole, self.scope())
        name = values["name"] or self.speech().bonus(bonus_facts(Bonus(**bonus.values(self.units))))[:80]
        return replace(bonus, name=name)

    @classmethod
    def initial_of(cls, bonus: BonusDraft, units: Mapping[str, Unit], zone: str) -> dict[str, Any]:
        """Return initial values that show a bonus."""
        thousandths = bonus.factor_thousandths
        return cls.scope_of(bonus.fields, zone) | {
            "unit": bonus.unit,
            "name": bonus.name,
            "factor": Decimal(f"{(Decimal(thousandths) / 1000).normalize():f}") if thousandths else None,
            "addition": bonus.addition * _scale(units, bonus.unit) or None,
            "only_rates": not bonus.multiplies_flat,
        }


def _scale(units: Mapping[str, Unit], code: str) -> int:
    """Return what brings smallest parts of a unit to the most decimals of all units."""
    most = max(unit.decimals for unit in units.values())
    return int(10 ** (most - units[code].decimals))
