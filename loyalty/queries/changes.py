"""What an act changed, in words: each column by its name, with what it said before and after."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.engine.amounts import format_amount, format_units
from loyalty.models import Business
from loyalty.queries.reasons import day_in_words, locale

MONEY = frozenset({"per_amount", "minimum", "money_off", "at_most", "sale_cap", "day_cap"})
UNITS = frozenset({"award", "addition", "limit_per_day", "cost"})
LONGEST = 80
LABELS = {
    "minimum": gettext_lazy("From a purchase of"),
    "award": gettext_lazy("How many"),
    "addition": gettext_lazy("And so many more"),
    "factor_thousandths": gettext_lazy("Times"),
    "weekdays": gettext_lazy("Weekdays"),
    "money_off": gettext_lazy("Money off"),
    "at_most": gettext_lazy("At most"),
}
"""What columns are called for whom their unit of measure does not matter: values are written with it."""


def change_in_words(
    model: type[Model] | None, name: str, change: Sequence[Any], *, business: Business, decimals: int = 0
) -> str:
    """Return "Cost: 100 → 120" for a column that was changed from the first value to the second.

    Money and units are in smallest parts, as the row keeps them; decimals are those of the unit. A picture says only
    that it changed.
    """
    column = column_of(model, name)
    label = column_in_words(model, name)
    if column is not None and column.get_internal_type() == "FileField":
        return label
    before, after = (_value(column, name, value, business, decimals) for value in change)
    return _("%(what)s: %(before)s → %(after)s") % {"what": label, "before": before, "after": after}


def column_of(model: type[Model] | None, name: str) -> Field[Any, Any] | None:
    """Return the column of a model with a name, or None where there is none any more."""
    try:
        found = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


def column_in_words(model: type[Model] | None, name: str) -> str:
    """Return what a column is called; the name in the code is never shown."""
    column = column_of(model, name)
    if column and name in LABELS:
        return str(LABELS[name])
    return str(capfirst(column.verbose_name)) if column else _("Something else")


def _value(column: Field[Any, Any] | None, name: str, value: Any, business: Business, decimals: int) -> str:
    if value in (None, "", []):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return _number(name, value, business, decimals)
    if isinstance(value, list):
        return _list(name, value)
    return _text(column, name, str(value), business)


def _number(name: str, value: int, business: Business, decimals: int) -> str:
    if name in MONEY:
        return format_amount(value, currency=business.currency, locale=locale())
    if name in UNITS:
        return format_units(value, decimals=decimals, locale=locale())
    if name == "factor_thousandths":
        return str(format_decimal(Decimal(value) / 1000, format="#,##0.###", locale=locale()))
    return str(format_decimal(value, locale=locale()))


def _list(name: str, values: Sequence[Any]) -> str:
    if name == "weekdays":
        days: Mapping[int, str] = get_day_names(locale=locale())
        values = [days[day] for day in values]
    return _short(str(format_list([str(value) for value in values], locale=locale())))


def _text(column: Field[Any, Any] | None, name: str, value: str, business: Business) -> str:
    choices = dict(column.flatchoices) if column is not None else {}
    if value in choices:
        return str(choices[value])
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    if name == "country":
        return str(Locale.parse(locale()).territories.get(value, value))
    kind = column.get_internal_type() if column is not None else ""
    if kind == "DateField":
        return day_in_words(date.fromisoformat(value))
    if kind == "DateTimeField":
        at = datetime.fromisoformat(value).astimezone(ZoneInfo(business.time_zone))
        return str(format_datetime(at, format="medium", locale=locale()))
    return _("“%(text)s”") % {"text": _short(value)}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
