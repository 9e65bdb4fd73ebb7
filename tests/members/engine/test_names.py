"""Names as they are searched for and as little of them as a till shows."""

import doctest

import pytest

from members.engine import names, phones


@pytest.mark.parametrize("module", [names, phones])
def test_the_examples_hold(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("name", "searched"),
    [
        ("Nguyễn Thị Đào", "nguyen thi dao"),
        ("  Õie   Kõrv ", "oie korv"),
        ("STRAẞE", "strasse"),
        ("Søren Æbelø", "soren aebelo"),
        ("Győző", "gyozo"),
        ("Йoсиф Ёлкин", "иoсиф елкин"),  # noqa: RUF001
        ("王小明", "王小明"),
        ("Ｍｉａ", "mia"),  # noqa: RUF001
        ("", ""),
    ],
)
def test_marks_on_letters_do_not_matter(name: str, searched: str):
    assert names.folded(name) == searched


@pytest.mark.parametrize(
    ("name", "short", "initials"),
    [("Mia Maria Moon", "Mia M.", "MM"), ("Mia", "Mia", "M"), ("王小明", "王小明", "王"), ("", "", "")],
)
def test_a_list_shows_little_of_a_name(name: str, short: str, initials: str):
    assert (names.short(name), names.initials(name)) == (short, initials)


def test_addresses_are_masked():
    assert names.masked_phone("+3725551267") == "••• 67"
    assert names.masked_email("mia.moon@example.com") == "m•••@example.com"
    assert (names.masked_phone(""), names.masked_email("")) == ("", "")
