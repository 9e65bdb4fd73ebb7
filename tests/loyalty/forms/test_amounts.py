"""Amounts as they are typed."""

import pytest
from django import forms
from django.utils import translation

from loyalty.forms.amounts import AmountField, QuantityField


def said(field: forms.Field, text: str) -> str:
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(text)
    return refused.value.messages[0]


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


def test_what_cannot_be_read_is_explained() -> None:
    euros, whole = AmountField("EUR", least=1, most=99999), QuantityField()
    assert said(euros, "much") == "Enter a number such as 12.50."
    assert said(euros, "-5") == "Enter a number without a minus sign."
    assert said(euros, "1.2345") == "Enter a number with at most 2 decimals."
    assert said(euros, "0") == "Enter at least 0.01."
    assert said(euros, "1000") == "Enter at most 999.99."
    assert said(euros, "9" * 30) == "The number is too large."
    assert said(whole, "1.5") == "Enter a whole number, without decimals."
    assert [said(euros, ""), said(whole, "")] == ["Enter an amount.", "Enter a number."]


def test_an_initial_amount_is_shown_as_it_is_typed() -> None:
    class Form(forms.Form):
        amount = AmountField("EUR")

    with translation.override("et"):
        assert 'value="1\xa0234,50"' in str(Form(initial={"amount": 123450})["amount"])
        assert 'value="twelve"' in str(Form({"amount": "twelve"})["amount"])
