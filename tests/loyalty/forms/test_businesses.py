"""What the forms about a business say of what is wrong: each in the words of its own field."""

import pytest

from loyalty.forms.businesses import DetailsForm, LocationForm, OpenForm

OPENED = {
    "name": "Bar", "slug": "bar", "called": "Bo", "country": "VN", "currency": "VND",
    "time_zone": "Asia/Ho_Chi_Minh", "language": "vi", "colour": "#7a3e1d",
    "contact_email": "bar@example.com",
}  # fmt: skip
DETAILS = {
    "name": "Bar", "country": "VN", "time_zone": "Asia/Ho_Chi_Minh", "language": "vi", "undo_minutes": "30",
    "contact_email": "bar@example.com",
}  # fmt: skip


def test_what_is_sound_is_taken() -> None:
    assert OpenForm(OPENED).errors == DetailsForm(DETAILS).errors == LocationForm({"name": "Pier"}).errors == {}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Enter the name of the business."),
        ("name", "x" * 81, "Use at most 80 letters for the name."),
        ("slug", "x" * 41, "Use at most 40 letters for the address."),
        ("tagline", "x" * 141, "Use at most 140 letters for the line."),
        ("country", "XX", "Choose one of the countries."),
        ("country", "", "Choose the country."),
        ("currency", "DEM", "Choose one of the currencies."),
        ("currency", "", "Choose the currency."),
        ("time_zone", "Mars/Base", "Choose one of the time zones."),
        ("time_zone", "", "Choose the time zone."),
        ("language", "tlh", "Choose one of the languages."),
        ("colour", "red", "Use a colour like #8a4b2a."),
        ("colour", "", "Choose a colour."),
    ],
)
def test_who_opens_a_business_is_told_what_is_wrong(field: str, typed: str, said: str) -> None:
    assert OpenForm(OPENED | {field: typed}).errors == {field: [said]}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("contact_email", "nobody", "Enter an e-mail address like name@example.com."),
        ("address", "x" * 201, "Use at most 200 letters for the address."),
        ("undo_minutes", "", "Enter a number of minutes."),
        ("undo_minutes", "1.5", "Enter a whole number of minutes."),
        ("undo_minutes", "-1", "Enter 0 minutes or more."),
        ("undo_minutes", "241", "Enter at most 240 minutes."),
    ],
)
def test_who_changes_its_details_is_told_what_is_wrong(field: str, typed: str, said: str) -> None:
    assert DetailsForm(DETAILS | {field: typed}).errors == {field: [said]}


def test_a_location_has_a_name() -> None:
    assert LocationForm({"name": ""}).errors == {"name": ["Enter the name of the location."]}
