"""Amounts as whole numbers of the smallest part: rounding, splitting, reading and writing them.

Money is counted in minor units (cents), any other unit in its smallest part (tenths of a star). A number with a
fraction lives only as a `Fraction` between a rule and its rounding; a `Decimal` only at the edge.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal, get_currency_symbol, get_decimal_symbol, get_group_symbol, parse_pattern

LARGEST = 10**12
"""The largest amount that is accepted from outside, in smallest parts."""

# ISO 4217. Fixed here and not read from a library: what is stored must not change its worth with an upgrade.
_CURRENCIES_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS = {currency: digits for digits, codes in _CURRENCIES_BY_DIGITS.items() for currency in codes.split()}

# What people write beside the symbols that CLDR knows.
_OTHER_SIGNS = {
    "VND": ("đ", "vnđ"),
    "HUF": ("ft",),
    "RUB": ("₽", "руб.", "руб", "р."),  # noqa: RUF001
    "CNY": ("¥", "￥", "元"),
    "JPY": ("円",),
}


class Rounding(StrEnum):
    """How an award with a fraction becomes a whole number; negative amounts mirror positive ones."""

    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"


class Misread(StrEnum):
    """Why a typed amount was not understood."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"


class AmountNotUnderstood(ValueError):
    """The text is no amount that could be meant in one way only; `reason` says why."""

    def __init__(self, text: str, reason: Misread) -> None:
        super().__init__(f"{text[:40]!r} is no amount: {reason}")
        self.text = text
        self.reason = reason


def round_fraction(value: Fraction, rounding: Rounding) -> int:
    """The whole number for `value`: towards zero, half away from zero, or away from zero.

    >>> [round_fraction(Fraction(57, 2), rounding) for rounding in Rounding]
    [28, 29, 29]
    """
    size = abs(value)
    whole, rest = divmod(size.numerator, size.denominator)
    up = bool(rest) if rounding is Rounding.UP else rounding is Rounding.HALF_UP and 2 * rest >= size.denominator
    if up:
        whole += 1
    return whole if value >= 0 else -whole


def split(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in parts proportional to `weights`, by largest remainder; the parts sum to `total` exactly.

    Of equal remainders the first gets the odd unit. Weights that are all zero say nothing: the parts are then equal. A
    negative total is split as its mirror image. Raises ValueError for a negative weight, and for no weights at all
    unless the total is zero.

    >>> split(100, [1, 1, 1])
    [34, 33, 33]
    """
    if len(weights) == 1 and weights[0] >= 0:
        return [total]
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    if total and not weights:
        raise ValueError("nothing to split over")
    if not total:
        return [0] * len(weights)
    if total < 0:
        return [-part for part in split(-total, weights)]
    shares = weights if any(weights) else [1] * len(weights)
    whole = sum(shares)
    parts, remainders = zip(*(divmod(total * share, whole) for share in shares), strict=True)
    favoured = sorted(range(len(shares)), key=lambda index: -remainders[index])[: total - sum(parts)]
    result = list(parts)
    for index in favoured:
        result[index] += 1
    return result


def currency_digits(currency: str) -> int:
    """How many decimals the currency has (ISO 4217): EUR 2, VND 0, KWD 3."""
    return _DIGITS.get(currency.upper(), 2)


def to_minor(value: Decimal, *, digits: int) -> int:
    """The Decimal in smallest parts. Raises AmountNotUnderstood for more decimals, NaN, and more than LARGEST."""
    if not value.is_finite():
        raise AmountNotUnderstood(str(value), Misread.NOT_A_NUMBER)
    if not value:
        return 0
    if value.adjusted() > len(str(LARGEST)):
        raise AmountNotUnderstood(str(value), Misread.TOO_LARGE)
    # A tiny exponent is refused before a power of ten of that size is built.
    exact = Fraction(value) * 10**digits if value.adjusted() > -40 else Fraction(1, 10)
    if exact.denominator != 1:
        raise AmountNotUnderstood(str(value), Misread.TOO_MANY_DECIMALS)
    if abs(exact) > LARGEST:
        raise AmountNotUnderstood(str(value), Misread.TOO_LARGE)
    return int(exact)


def to_decimal(minor: int, *, digits: int) -> Decimal:
    """Smallest parts as the Decimal that the edge shows: 1999 with 2 digits is Decimal("19.99")."""
    return Decimal(minor).scaleb(-digits)


def parse_amount(text: str, *, currency: str, locale: str) -> int:
    """What somebody typed as an amount of money, in minor units.

    Spaces and the currency's sign or code are welcome; comma and point are read as the locale writes them, and the
    other way round where only that makes sense ("12,50" in English). What could be meant in two ways is refused, as are
    signs, exponents, digits outside 0-9, too many decimals and more than LARGEST: AmountNotUnderstood.
    """
    bare = _without_sign(_tidy(text), _signs(currency.upper(), locale))
    return _parse(bare, text, decimals=currency_digits(currency), locale=locale)


def with_mark_put_in(text: str, *, currency: str, locale: str) -> int | None:
    """What an amount that was typed as digits alone would be with its decimal mark: "450" EUR is 4.50, 450 cents.

    None where it has another shape, or the currency has no decimals.
    """
    bare = _without_sign(_tidy(text), _signs(currency.upper(), locale))
    digits = currency_digits(currency)
    fits = digits and re.fullmatch(rf"[1-9][0-9]{{{digits},11}}", bare)
    return int(bare) if fits else None


def parse_decimal_units(text: str, *, decimals: int, locale: str) -> int:
    """What somebody typed as a number of units with so many decimals, in smallest parts; raises AmountNotUnderstood."""
    return _parse(_tidy(text), text, decimals=decimals, locale=locale)


def format_amount(minor: int, *, currency: str, locale: str) -> str:
    """Money as the locale writes it, with the currency's own number of decimals: 1999 EUR is "19,99 €" in Estonian."""
    digits = currency_digits(currency)
    pattern = parse_pattern(_locale(locale).currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    value = to_decimal(minor, digits=digits)
    text = pattern.apply(value, _locale(locale), currency=currency.upper(), currency_digits=False)
    # CLDR's currencySpacing: a code of letters does not stick to the number.
    return re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", "\u00a0", text)


def format_units(amount: int, *, decimals: int, locale: str) -> str:
    """Units as the locale writes numbers, always with all decimals: 996 tenths are "99.6", 1240 points "1,240"."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(to_decimal(amount, digits=decimals), format=pattern, locale=_locale(locale)))


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    """The locale of a language code in Django's or CLDR's spelling; English where it is unknown."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


@lru_cache(maxsize=256)
def _signs(currency: str, locale: str) -> tuple[str, ...]:
    """Every sign of the currency that we take off a typed amount, longest first, in lower case."""
    known = {get_currency_symbol(currency, _locale(name)) for name in (locale, "en", "vi", "hu", "et", "ru", "zh_Hans")}
    bare = {char for sign in known for char in sign if unicodedata.category(char) == "Sc"}
    signs = {_tidy(sign) for sign in (*known, *bare, *_OTHER_SIGNS.get(currency, ()), currency)}
    return tuple(sorted(signs, key=len, reverse=True))


def _tidy(text: str) -> str:
    """Lower case, every kind of space a plain one, every kind of apostrophe and minus the plain one."""
    text = re.sub(r"\s", " ", text).replace("\u200b", "").strip().lower()
    return text.replace("\u2019", "'").replace("\u2212", "-").replace("\u2013", "-")


def _without_sign(text: str, signs: Sequence[str]) -> str:
    """The text without one currency sign before or after it."""
    for sign in signs:
        if text.startswith(sign):
            return text.removeprefix(sign).strip()
        if text.endswith(sign):
            return text.removesuffix(sign).strip()
    return text


def _parse(bare: str, text: str, *, decimals: int, locale: str) -> int:
    if not bare:
        raise AmountNotUnderstood(text, Misread.EMPTY)
    if re.fullmatch(r"\(.*\)|-.*|.*-", bare) and re.search("[0-9]", bare):
        raise AmountNotUnderstood(text, Misread.NEGATIVE)
    if not re.fullmatch(r"[0-9][0-9., ']*|\.[0-9]+|,[0-9]+", bare):
        raise AmountNotUnderstood(text, Misread.NOT_A_NUMBER)
    if len(bare) > 40:
        raise AmountNotUnderstood(text, Misread.TOO_LARGE)
    mark = _decimal_mark(bare, decimals=decimals, locale=_locale(locale))
    whole, _, fraction = bare.rpartition(mark) if mark else (bare, "", "")
    if not _well_grouped(whole) or (fraction and not fraction.isdigit()):
        raise AmountNotUnderstood(text, Misread.NOT_A_NUMBER)
    # Three decimals too many may be thousands meant by somebody from another country: never drop their zeros.
    if len(fraction) > decimals and (len(fraction) == 3 or fraction[decimals:].strip("0")):
        raise AmountNotUnderstood(text, Misread.TOO_MANY_DECIMALS)
    kept = fraction[:decimals].ljust(decimals, "0")
    parts = int(re.sub("[^0-9]", "", whole) + kept or "0")
    if parts > LARGEST:
        raise AmountNotUnderstood(text, Misread.TOO_LARGE)
    return parts


def _decimal_mark(bare: str, *, decimals: int, locale: Locale) -> str:
    """Which of comma and point parts the decimals: the last of two kinds, else what the locale and the groups say."""
    marks = [char for char in bare if char in ",."]
    if not marks or (len(marks) > 1 and len(set(marks)) == 1):
        return ""
    last = marks[-1]
    if len(set(marks)) > 1 or last == get_decimal_symbol(locale, numbering_system="latn"):
        return last
    is_group = last == get_group_symbol(locale, numbering_system="latn") and _well_grouped(bare) and bare[0] != "0"
    return "" if is_group else last


def _well_grouped(whole: str) -> bool:
    """Digits alone, or in groups of three (Indian: two, the last of three) with one and the same mark between."""
    return bool(
        re.fullmatch(r"[0-9]*|[0-9]{1,3}([., '])[0-9]{3}(\1[0-9]{3})*|[0-9]{1,2}([., '])([0-9]{2}\3)*[0-9]{3}", whole)
    )
