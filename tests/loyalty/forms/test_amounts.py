"""Amounts as they are typed."""

import pytest
from django import forms
from django.utils import translation

from loyalty.forms.amounts import AmountField, QuantityField


@pytest.mark.parametrize(
    ("language", "currency", "typed", "parts"),
    [
        ("en", "EUR", "12.50", 1250),
        ("et", "EUR", "12,50 €", 1250),
        ("hu", "HUF", "1 250", 125000),
        ("vi", "VND", "25.000", 25000),
        ("en", "EUR", "", None),
    ],
)
def test_money_is_read_by_the_reader_s_language(language: str, currency: str, typed: str, parts: int | None) -> None:
    with translation.override(language):
        assert AmountField(currency, required=False).clean(typed) == parts


EUROS, WHOLE = AmountField("EUR", least=1, most=99999), QuantityField()


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        (EUROS, "much", "Enter a number such as 12.50."),
        (EUROS, "-5", "Enter a number without a minus sign."),
        (EUROS, "1.2345", "Enter a number with at most 2 decimals."),
        (EUROS, "0", "Enter at least 0.01."),
        (EUROS, "1000", "Enter at most 999.99."),
        (EUROS, "9" * 30, "The number is too large."),
        (WHOLE, "1.5", "Enter a whole number, without decimals."),
        (EUROS, "", "Enter an amount."),
        (WHOLE, "", "Enter a number."),
    ],
)
def test_what_cannot_be_read_is_explained(field: forms.Field, typed: str, words: str) -> None:
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(typed)
    assert refused.value.messages == [words]


def test_an_initial_amount_is_shown_as_it_is_typed() -> None:
    class Form(forms.Form):
        amount = AmountField("EUR")

    with translation.override("et"):
        assert 'value="1\xa0234,50"' in str(Form(initial={"amount": 123450})["amount"])
        assert 'value="twelve"' in str(Form({"amount": "twelve"})["amount"])
