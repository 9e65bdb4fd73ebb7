"""Currencies, countries and time zones to choose from, named in a reader's language, and a first guess at them."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies

type Choice = tuple[str, str]
"""A code, and its name."""

# Codes of two letters that are no countries: unions, outlying oceans, private use.
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
# Countries with one time and several names for it.
_ONE_TIME = {"CN": "Asia/Shanghai", "DE": "Europe/Berlin"}


@dataclass(frozen=True, slots=True)
class Region:
    """Where a business seems to be: ISO 3166 country, ISO 4217 currency, IANA time zone; empty where not known."""

    country: str = ""
    currency: str = ""
    time_zone: str = ""


def guess(*, languages: Sequence[str], time_zone: str = "") -> Region:
    """Return where somebody is whose browser asks for `languages` (the best first) and runs in a time zone.

    The time zone says more than the language: English is asked for everywhere.

    >>> guess(languages=["en-US"], time_zone="Asia/Saigon")
    Region(country='VN', currency='VND', time_zone='Asia/Ho_Chi_Minh')
    >>> guess(languages=["hu"])
    Region(country='HU', currency='HUF', time_zone='Europe/Budapest')
    """
    zone = canonical_zone(time_zone)
    country = get_global("zone_territories").get(zone, "") if zone else _country_of(languages)
    currencies = get_territory_currencies(country) if country else []
    return Region(country, currencies[0] if currencies else "", zone or _zone_of(country))


def canonical_zone(time_zone: str) -> str:
    """Return today's name of a time zone, or an empty text for what is none."""
    name = get_global("zone_aliases").get(time_zone, time_zone)
    return name if name in _zones() else ""


@lru_cache(maxsize=16)
def currencies(locale: str) -> list[Choice]:
    """Return the currencies that a country pays with today, by name: ("EUR", "Euro (EUR)")."""
    named = _locale(locale)
    codes = {code for country, _name in countries(locale) for code in get_territory_currencies(country)}
    return _sorted((code, f"{_capital(named.currencies.get(code, code))} ({code})") for code in codes)


@lru_cache(maxsize=16)
def countries(locale: str) -> list[Choice]:
    """Return all countries by name: ("HU", "Hungary")."""
    names = _locale(locale).territories
    return _sorted((code, name) for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRIES)


@lru_cache(maxsize=16)
def time_zones(locale: str) -> list[Choice]:
    """Return all time zones by their city: ("Asia/Ho_Chi_Minh", "Ho Chi Minh City, Vietnam")."""
    named = _locale(locale)
    return _sorted((zone, f"{_city(zone, named)}, {named.territories[country]}") for zone, country in _zones().items())


def _city(zone: str, locale: Locale) -> str:
    known = locale.time_zones.get(zone, {}).get("city")
    return str(known or zone.rpartition("/")[2].replace("_", " "))


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Return the country of every time zone that both CLDR and this machine know."""
    here = available_timezones()
    known = get_global("zone_territories").items()
    return {zone: country for zone, country in known if zone in here and len(country) == 2 and country != "ZZ"}


def _country_of(languages: Sequence[str]) -> str:
    """Return the country that the first language names, or where most of its speakers are; English says nothing."""
    language, *rest = languages[0].replace("_", "-").split("-") if languages else [""]
    named = [part.upper() for part in rest if len(part) == 2]
    if named:
        return named[0] if get_territory_currencies(named[0]) else ""
    known = "" if language.lower() == "en" else str(get_global("likely_subtags").get(language.lower(), ""))
    return known.rpartition("_")[2]


def _zone_of(country: str) -> str:
    """Return the time zone of a country that keeps one time."""
    zones = [zone for zone, place in _zones().items() if place == country]
    return zones[0] if len(zones) == 1 else _ONE_TIME.get(country, "")


def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _sorted(choices: Iterable[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda choice: _without_marks(choice[1]))


def _without_marks(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))
