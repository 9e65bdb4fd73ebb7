"""Phone numbers as people type them."""

import pytest

from members.engine import phones


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+372 5551 2367", "", "+37255512367"),
        ("5551 2367", "EE", "+37255512367"),
        ("(030) 901820", "DE", "+4930901820"),
        ("5551 2367", "", ""),
        ("mia", "EE", ""),
        ("+372 1", "EE", ""),
        ("", "EE", ""),
    ],
)
def test_a_number_is_read_as_in_the_country(text: str, country: str, number: str):
    assert phones.in_e164(text, country) == number


@pytest.mark.parametrize(
    ("text", "endings"),
    [
        ("367", ["367"]),
        ("067", ["067"]),
        ("0171 234", ["0171234", "171234"]),
        ("+49-171/2", ["491712"]),
        ("67", []),
        ("mia 367", []),
        ("3²7", []),
        ("", []),
    ],
)
def test_the_last_digits_are_enough(text: str, endings: list[str]):
    assert phones.endings(text) == endings
