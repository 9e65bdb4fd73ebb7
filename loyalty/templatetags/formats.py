"""Template filters that write amounts, units and times the way the reader's language does (built in: no {% load %})."""

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal
from django import template
from django.utils import timezone
from django.utils.translation import get_language, to_locale

from loyalty.engine import codes
from loyalty.engine.amounts import format_amount, format_units
from loyalty.models import Unit
from loyalty.queries.explain import quantity_in_words

register = template.Library()


class InCurrency(Protocol):
    """What has a currency (ISO 4217): a business."""

    currency: str


class InZone(Protocol):
    """What has a time zone (IANA): a business."""

    time_zone: str


class Counted(Protocol):
    """What has a number of decimals: a unit."""

    decimals: int


def babel_locale() -> str:
    """Return Babel's name of the active language."""
    return to_locale(get_language() or "en")


@register.filter
def amount(minor: int, business: InCurrency) -> str:
    """Write an amount in the business's currency; `minor` counts the currency's smallest parts."""
    return format_amount(minor, currency=business.currency, locale=babel_locale())


@register.filter
def units(quantity: int, unit: Counted) -> str:
    """Write a quantity of a unit without its name; `quantity` counts the unit's smallest parts."""
    return format_units(quantity, decimals=unit.decimals, locale=babel_locale())


@register.filter
def signed(quantity: int, unit: Counted) -> str:
    """Write a change of a unit with its sign and without its name: "+12"; `quantity` counts the smallest parts."""
    sign = "+" if quantity > 0 else "\u2212" if quantity < 0 else ""
    return sign + format_units(abs(quantity), decimals=unit.decimals, locale=babel_locale())


@register.filter
def localised(number: int) -> str:
    """Write a whole number the way the reader's language does: "541,909"."""
    return format_units(number, decimals=0, locale=babel_locale())


@register.filter
def thousandths(quantity: int) -> str:
    """Write a quantity that is counted in thousandths, without idle zeros: 1500 is "1.5"."""
    return str(format_decimal(Decimal(quantity) / 1000, format="#,##0.###", locale=babel_locale()))


@register.filter
def in_words(quantity: int, unit: Unit) -> str:
    """Write a quantity of a unit with its name: "12 points"; `quantity` counts the unit's smallest parts."""
    return quantity_in_words(quantity, unit, babel_locale())


def _there(at: datetime, business: InZone) -> datetime:
    return at.astimezone(ZoneInfo(business.time_zone))


@register.filter
def localdate(at: date | datetime | None, business: InZone) -> str:
    """Write a day; a moment is first taken to the business's time zone."""
    if at is None:
        return ""
    day = _there(at, business) if isinstance(at, datetime) else at
    return str(format_date(day, format="medium", locale=babel_locale()))


@register.filter
def monthname(day: date) -> str:
    """Write the month of a day with its year: "March 2026"."""
    return str(format_skeleton("yMMMM", day, locale=babel_locale()))


@register.filter
def localtime(at: datetime | None, business: InZone) -> str:
    """Write day and time in the business's time zone."""
    return str(format_datetime(_there(at, business), format="medium", locale=babel_locale())) if at else ""


@register.filter
def clock(at: datetime | None, business: InZone) -> str:
    """Write the time of day in the business's time zone."""
    return str(format_time(_there(at, business), format="short", locale=babel_locale())) if at else ""


@register.filter
def relative(at: datetime | None) -> str:
    """Write how long ago, or in how long, a moment is."""
    return str(format_timedelta(at - timezone.now(), add_direction=True, locale=babel_locale())) if at else ""


@register.filter
def grouped(code: str) -> str:
    """Write the code of a card or voucher for the eye: "ABCD-EFGH-JKLM"."""
    return codes.grouped(code)
