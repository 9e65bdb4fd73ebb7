from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.amounts import (
    LARGEST,
    AmountNotUnderstood,
    Misread,
    Rounding,
    currency_digits,
    format_amount,
    format_units,
    parse_amount,
    parse_decimal_units,
    round_fraction,
    split,
    to_decimal,
    to_minor,
)

LOCALES = ["en", "vi", "hu", "et", "ru", "zh-hans"]
CURRENCIES = ["EUR", "USD", "GBP", "HUF", "VND", "RUB", "CNY", "JPY", "KWD"]


@pytest.mark.parametrize(
    ("value", "down", "half_up", "up"),
    [
        (Fraction(57, 2), 28, 29, 29),
        (Fraction(28), 28, 28, 28),
        (Fraction(284, 10), 28, 28, 29),
        (Fraction(1, 3), 0, 0, 1),
        (Fraction(2, 3), 0, 1, 1),
        (Fraction(0), 0, 0, 0),
        (Fraction(-57, 2), -28, -29, -29),
        (Fraction(-1, 3), 0, 0, -1),
    ],
)
def test_rounding(value: Fraction, down: int, half_up: int, up: int) -> None:
    got = [round_fraction(value, way) for way in (Rounding.DOWN, Rounding.HALF_UP, Rounding.UP)]
    assert got == [down, half_up, up]


@given(st.fractions())
def test_rounding_stays_beside_the_value(value: Fraction) -> None:
    for way in Rounding:
        assert abs(round_fraction(value, way) - value) < 1
        assert round_fraction(-value, way) == -round_fraction(value, way)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (10, [50, 20], [7, 3]),
        (1, [1, 1], [1, 0]),
        (5, [0, 3, 0], [0, 5, 0]),
        (7, [0, 0], [4, 3]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (0, [1, 2], [0, 0]),
        (0, [], []),
        (2, [1, 2, 2], [0, 1, 1]),
    ],
)
def test_split(total: int, weights: list[int], parts: list[int]) -> None:
    assert split(total, weights) == parts


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [2, -1])])
def test_split_refuses(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"weight|split"):
        split(total, weights)


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**12), min_size=1, max_size=30))
def test_split_is_exact_and_fair(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    shares = weights if any(weights) else [1] * len(weights)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - Fraction(total * share, sum(shares))) < 1
        assert share or not part


@pytest.mark.parametrize(
    ("currency", "digits"), [("EUR", 2), ("VND", 0), ("jpy", 0), ("KWD", 3), ("HUF", 2), ("CLF", 4)]
)
def test_currency_digits(currency: str, digits: int) -> None:
    assert currency_digits(currency) == digits


@pytest.mark.parametrize(
    ("text", "currency", "locale", "minor"),
    [
        ("12.50", "EUR", "en", 1250),
        ("12,50", "EUR", "en", 1250),
        ("12.50", "EUR", "et", 1250),
        ("12,5", "EUR", "et", 1250),
        ("  12.50 ", "EUR", "en", 1250),
        ("€12.50", "EUR", "en", 1250),
        ("12,50 €", "EUR", "et", 1250),
        ("EUR 12.50", "EUR", "en", 1250),
        ("12.50eur", "EUR", "en", 1250),
        ("1,234", "USD", "en", 123400),
        ("1,234.56", "USD", "en", 123456),
        ("1.234,56", "USD", "en", 123456),
        ("1,234,567.89", "USD", "en", 123456789),
        ("1.234.567", "USD", "en", 123456700),
        ("1.234", "EUR", "vi", 123400),
        ("1 234,56", "HUF", "hu", 123456),
        ("1\u00a0234,56 Ft", "HUF", "hu", 123456),
        ("1\u202f234,56", "RUB", "ru", 123456),
        ("1 234 руб.", "RUB", "ru", 123400),  # noqa: RUF001
        ("50.000 đ", "VND", "vi", 50000),
        ("50.000 ₫", "VND", "vi", 50000),
        ("50,000", "VND", "en", 50000),
        ("¥1,200", "JPY", "en", 1200),
        ("¥12.50", "CNY", "zh-hans", 1250),
        ("$5", "AUD", "en", 500),
        ("1'234.50", "CHF", "en", 123450),
        ("1,00,000", "INR", "en-in", 10000000),
        ("1.234", "KWD", "en", 1234),
        ("1,234", "KWD", "et", 1234),
        ("100.00", "JPY", "en", 100),
        ("12.5000", "EUR", "en", 1250),
        (".50", "EUR", "en", 50),
        ("5.", "EUR", "en", 500),
        ("007", "EUR", "en", 700),
        ("0", "EUR", "en", 0),
        ("12.50", "EUR", "xx-unknown", 1250),
        ("10000000000.00", "EUR", "en", LARGEST),
    ],
)
def test_amounts_understood(text: str, currency: str, locale: str, minor: int) -> None:
    assert parse_amount(text, currency=currency, locale=locale) == minor


@pytest.mark.parametrize(
    ("text", "currency", "locale", "reason"),
    [
        ("", "EUR", "en", Misread.EMPTY),
        ("   ", "EUR", "en", Misread.EMPTY),
        ("€", "EUR", "en", Misread.EMPTY),
        ("-5", "EUR", "en", Misread.NEGATIVE),
        ("5-", "EUR", "en", Misread.NEGATIVE),
        ("-€5.00", "EUR", "en", Misread.NEGATIVE),
        ("€ -5.00", "EUR", "en", Misread.NEGATIVE),
        ("\u22125", "EUR", "en", Misread.NEGATIVE),
        ("(5.00)", "EUR", "en", Misread.NEGATIVE),
        ("NaN", "EUR", "en", Misread.NOT_A_NUMBER),
        ("inf", "EUR", "en", Misread.NOT_A_NUMBER),
        ("Infinity", "EUR", "en", Misread.NOT_A_NUMBER),
        ("1e5", "EUR", "en", Misread.NOT_A_NUMBER),
        ("+5", "EUR", "en", Misread.NOT_A_NUMBER),
        ("0x10", "EUR", "en", Misread.NOT_A_NUMBER),
        ("1_000", "EUR", "en", Misread.NOT_A_NUMBER),
        ("１２", "EUR", "en", Misread.NOT_A_NUMBER),  # noqa: RUF001
        ("١٢", "EUR", "en", Misread.NOT_A_NUMBER),
        ("²", "EUR", "en", Misread.NOT_A_NUMBER),
        ("twelve", "EUR", "en", Misread.NOT_A_NUMBER),
        ("$5", "EUR", "en", Misread.NOT_A_NUMBER),
        ("5 5", "EUR", "en", Misread.NOT_A_NUMBER),
        ("1,23,4", "EUR", "en", Misread.NOT_A_NUMBER),
        ("1.2.3", "EUR", "en", Misread.NOT_A_NUMBER),
        ("1.234,567.8", "EUR", "en", Misread.NOT_A_NUMBER),
        ("1,234 567", "EUR", "en", Misread.NOT_A_NUMBER),
        (",", "EUR", "en", Misread.NOT_A_NUMBER),
        ("5\x00", "EUR", "en", Misread.NOT_A_NUMBER),
        ("12.345", "EUR", "en", Misread.TOO_MANY_DECIMALS),
        ("12.501", "EUR", "en", Misread.TOO_MANY_DECIMALS),
        ("1.234", "EUR", "en", Misread.TOO_MANY_DECIMALS),
        ("1.000", "EUR", "en", Misread.TOO_MANY_DECIMALS),
        ("1,234", "EUR", "et", Misread.TOO_MANY_DECIMALS),
        ("50.000", "VND", "en", Misread.TOO_MANY_DECIMALS),
        ("0,123", "EUR", "en", Misread.TOO_MANY_DECIMALS),
        ("100.50", "JPY", "en", Misread.TOO_MANY_DECIMALS),
        ("10000000000.01", "EUR", "en", Misread.TOO_LARGE),
        ("9" * 39, "EUR", "en", Misread.TOO_LARGE),
        ("9" * 100_000, "EUR", "en", Misread.TOO_LARGE),
    ],
)
def test_amounts_refused(text: str, currency: str, locale: str, reason: Misread) -> None:
    with pytest.raises(AmountNotUnderstood) as refused:
        parse_amount(text, currency=currency, locale=locale)
    assert refused.value.reason == reason


@given(st.text(max_size=30), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
def test_any_text_is_an_amount_in_range_or_refused(text: str, currency: str, locale: str) -> None:
    with suppress(AmountNotUnderstood):
        assert 0 <= parse_amount(text, currency=currency, locale=locale) <= LARGEST


@given(st.integers(0, LARGEST), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
def test_what_is_shown_can_be_typed(minor: int, currency: str, locale: str) -> None:
    assert (
        parse_amount(format_amount(minor, currency=currency, locale=locale), currency=currency, locale=locale) == minor
    )


@given(st.integers(0, LARGEST), st.integers(0, 3), st.sampled_from(LOCALES))
def test_units_shown_can_be_typed(amount: int, decimals: int, locale: str) -> None:
    shown = format_units(amount, decimals=decimals, locale=locale)
    assert parse_decimal_units(shown, decimals=decimals, locale=locale) == amount


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "shown"),
    [
        (123456, "EUR", "en", "€1,234.56"),
        (1999, "EUR", "et", "19,99\u00a0€"),
        (123456, "HUF", "hu", "1\u00a0234,56\u00a0Ft"),
        (50000, "VND", "vi", "50.000\u00a0₫"),
        (1234, "KWD", "en", "KWD\u00a01.234"),
        (-500, "USD", "en", "-$5.00"),
        (0, "USD", "zh-hans", "US$0.00"),
    ],
)
def test_format_amount(minor: int, currency: str, locale: str, shown: str) -> None:
    assert format_amount(minor, currency=currency, locale=locale) == shown


@pytest.mark.parametrize(
    ("amount", "decimals", "locale", "shown"),
    [
        (1240, 0, "en", "1,240"),
        (996, 1, "en", "99.6"),
        (996, 1, "hu", "99,6"),
        (1000, 1, "en", "100.0"),
        (-5, 0, "en", "-5"),
    ],
)
def test_format_units(amount: int, decimals: int, locale: str, shown: str) -> None:
    assert format_units(amount, decimals=decimals, locale=locale) == shown


def test_units_typed() -> None:
    assert parse_decimal_units("99.6", decimals=1, locale="en") == 996
    with pytest.raises(AmountNotUnderstood):
        parse_decimal_units("1.5", decimals=0, locale="en")


@pytest.mark.parametrize(
    ("value", "digits", "minor"), [("19.99", 2, 1999), ("-5", 2, -500), ("1E+3", 0, 1000), ("0E-50", 2, 0)]
)
def test_to_minor(value: str, digits: int, minor: int) -> None:
    assert to_minor(Decimal(value), digits=digits) == minor
    assert to_decimal(minor, digits=digits) == Decimal(value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", Misread.NOT_A_NUMBER),
        ("sNaN", Misread.NOT_A_NUMBER),
        ("Infinity", Misread.NOT_A_NUMBER),
        ("0.001", Misread.TOO_MANY_DECIMALS),
        ("1E-999999999", Misread.TOO_MANY_DECIMALS),
        ("1E+999999999", Misread.TOO_LARGE),
        ("10000000000.01", Misread.TOO_LARGE),
        ("-10000000000.01", Misread.TOO_LARGE),
    ],
)
def test_to_minor_refuses(value: str, reason: Misread) -> None:
    with pytest.raises(AmountNotUnderstood) as refused:
        to_minor(Decimal(value), digits=2)
    assert refused.value.reason == reason
