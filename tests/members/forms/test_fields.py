"""What people type of themselves, and what comes of it."""

import pytest
from django.core.exceptions import ValidationError

from members.forms.fields import EmailField, NameField, PhoneField


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("0171 2345678", "DE", "+491712345678"),
        ("+44 (0)7400-123456", "DE", "+447400123456"),
        ("06 20 123 4567", "hu", "+36201234567"),
        ("+84 912 345 678", "", "+84912345678"),
        ("  ", "DE", ""),
    ],
)
def test_a_number_is_read_as_in_its_country(typed, country, number):
    assert PhoneField(country=country, required=False).clean(typed) == number


@pytest.mark.parametrize(
    ("typed", "country", "advice"),
    [
        ("12", "EE", "Enter a phone number like +372 5123 4567."),
        ("call me", "EE", "Enter a phone number like +372 5123 4567."),
        ("0171 2345678", "", "Enter a phone number with its country code, like +44 7400 123456."),
        ("'; DROP TABLE", "", "Enter a phone number with its country code, like +44 7400 123456."),
    ],
)
def test_what_is_no_number_gets_advice(typed, country, advice):
    with pytest.raises(ValidationError) as refused:
        PhoneField(country=country).clean(typed)
    assert refused.value.messages == [advice]


def test_an_address_is_kept_in_small_letters():
    assert EmailField().clean("  Ana.B@Example.COM ") == "ana.b@example.com"


@pytest.mark.parametrize("typed", ["Zoë O'Brien-Łuczak", "Nguyễn Đức", "王小明", "Đ"])
def test_names_of_all_scripts_are_names(typed):
    assert NameField().clean(f"  {typed} \n") == typed


@pytest.mark.parametrize(("typed", "code"), [("", "required"), ("ana", "invalid")])
def test_what_is_no_address_is_refused(typed, code):
    with pytest.raises(ValidationError) as refused:
        EmailField().clean(typed)
    assert [error.code for error in refused.value.error_list] == [code]


def test_an_address_is_asked_for():
    with pytest.raises(ValidationError) as refused:
        EmailField().clean("")
    assert refused.value.messages == ["Enter your e-mail address."]


@pytest.mark.parametrize(("typed", "code"), [(" ", "required"), ("x" * 81, "max_length")])
def test_what_is_no_name_is_refused(typed, code):
    with pytest.raises(ValidationError) as refused:
        NameField().clean(typed)
    assert [error.code for error in refused.value.error_list] == [code]


def test_a_long_name_is_told_how_long_it_may_be():
    with pytest.raises(ValidationError) as refused:
        NameField().clean("x" * 81)
    assert refused.value.messages == ["Write the name with at most 80 characters."]
