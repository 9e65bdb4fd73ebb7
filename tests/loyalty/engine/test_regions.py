from zoneinfo import ZoneInfo

import pytest

from loyalty.engine import regions
from loyalty.engine.regions import Region

SPEAKERS = {
    "vi": Region("VN", "VND", "Asia/Ho_Chi_Minh"),
    "hu-HU": Region("HU", "HUF", "Europe/Budapest"),
    "et": Region("EE", "EUR", "Europe/Tallinn"),
    "de": Region("DE", "EUR", "Europe/Berlin"),
    "ru": Region("RU", "RUB", ""),
    "zh-Hans-CN": Region("CN", "CNY", "Asia/Shanghai"),
    "en-AU": Region("AU", "AUD", ""),
    "en": Region(),
    "en-ZZ": Region(),
    "tlh": Region(),
    "": Region(),
    "*": Region(),
    "-": Region(),
}


@pytest.mark.parametrize("language", SPEAKERS)
def test_a_language_tells_a_country(language: str) -> None:
    assert regions.guess(languages=[language]) == SPEAKERS[language]


def test_nothing_tells_nothing() -> None:
    assert regions.guess(languages=[]) == Region()


def test_the_time_zone_says_more_than_the_language() -> None:
    assert regions.guess(languages=["en-US"], time_zone="Europe/Budapest") == SPEAKERS["hu-HU"]


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Etc/Unknown", ""),
        ("../../etc/passwd", ""),
        ("", ""),
    ],
)
def test_a_time_zone_has_one_name(name: str, today: str) -> None:
    assert regions.canonical_zone(name) == today


@pytest.mark.parametrize("locale", ["en", "vi", "hu", "et", "ru", "zh-hans", "no-such"])
def test_there_is_something_to_choose_in_every_language(locale: str) -> None:
    currencies, countries, zones = regions.currencies(locale), regions.countries(locale), regions.time_zones(locale)
    assert {"EUR", "VND", "HUF", "USD", "KWD"} < dict(currencies).keys()
    assert {"VN", "HU", "EE", "GB"} < dict(countries).keys()
    assert {"EU", "ZZ"}.isdisjoint(dict(countries))
    assert dict(zones).keys() > {"Europe/Budapest", "Asia/Ho_Chi_Minh"}
    assert all(label.strip() for _code, label in (*currencies, *countries, *zones))


def test_choices_are_named_and_sorted_for_the_reader() -> None:
    assert dict(regions.currencies("en"))["VND"] == "Vietnamese Dong (VND)"
    assert dict(regions.countries("hu"))["HU"] == "Magyarország"
    assert dict(regions.time_zones("en"))["America/Argentina/Buenos_Aires"] == "Buenos Aires, Argentina"
    assert [name for _code, name in regions.countries("en")][:3] == ["Afghanistan", "Åland Islands", "Albania"]


def test_every_time_zone_can_be_used() -> None:
    for name, _label in regions.time_zones("en"):
        ZoneInfo(name)
