"""Every field of every form, and what reads what was typed or scanned, takes or refuses each value; none raises."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django import forms
from django.core.exceptions import ValidationError

from loyalty.engine import codes
from loyalty.engine.imports.values import DecimalMark, parse_number
from loyalty.engine.text import hidden_sign
from loyalty.limits import Limit
from members.domain.contact import plain_digits
from members.engine import names, phones
from members.forms.fields import PhoneField
from members.queries.find import card_code
from tests.fuzz.values import CANARY, PARTS, QUERIES, VALUES
from tests.laws.test_lines import every_form

TYPED = list(dict.fromkeys([*VALUES, *QUERIES, *PARTS, f"https://x.example/{CANARY}"]))


def fields() -> Iterator[tuple[str, forms.Field]]:
    for form in every_form():
        for name, field in getattr(form, "base_fields", {}).items():
            if not isinstance(field, forms.FileField):
                yield f"{form.__name__}.{name}", field
    for country in ("", "de", "US", "xx"):
        yield f"phone of {country}", PhoneField(country=country)


def raised(act: Callable[[str], object], allowed: tuple[type[Exception], ...]) -> list[str]:
    """Return the values at which something else than what is allowed was raised."""
    found = []
    for value in TYPED:
        try:
            act(value)
        except allowed:
            continue
        except Exception as error:  # noqa: BLE001 - which ones there are is the question
            found.append(f"{value[:60]!a}: {error!a}")
    return found


@pytest.mark.django_db
def test_every_field_takes_or_refuses_it() -> None:
    faults = {name: found for name, field in fields() if (found := raised(field.clean, (ValidationError,)))}
    assert faults == {}


def test_the_fields_are_found() -> None:
    assert len(list(fields())) > 120


@pytest.mark.django_db
def test_whoever_tries_is_counted() -> None:
    assert raised(Limit("fuzz", most=1, seconds=60).allows, ()) == []


@pytest.mark.parametrize(
    "read",
    [
        card_code, codes.normalise, codes.is_valid, codes.grouped, names.folded, names.short, names.initials,
        names.masked_email, names.masked_phone, plain_digits, hidden_sign, lambda text: phones.in_e164(text, "DE"),
    ],
)  # fmt: skip
def test_what_reads_it_does_not_raise(read: Callable[[str], object]) -> None:
    assert raised(read, ()) == []


def test_a_number_of_a_file_is_one_or_none() -> None:
    assert raised(lambda text: parse_number(text, DecimalMark.COMMA), (ValueError,)) == []


def test_what_raises_is_noticed() -> None:
    assert len(raised(urlsplit, ())) > 5
