"""Barcodes of products, as a scanner types them: EAN-13, EAN-8, UPC-A and UPC-E, by length and check digit."""

import re

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_LENGTHS = (8, 12, 13)


def is_product(text: str) -> bool:
    """Whether a text is the number of a product: 8, 12 or 13 digits of which the last is right.

    >>> [is_product(text) for text in ("4006381333931", "036000291452", "96385074", "4006381333932")]
    [True, True, True, False]
    """
    digits = text.strip()
    if len(digits) not in _LENGTHS or not _DIGITS.fullmatch(digits):
        return False
    return _fits(digits) or (len(digits) == 8 and digits[0] in "01" and _fits(_expanded(digits)))


def _fits(digits: str) -> bool:
    """Whether the last digit makes the sum, with every second one from the right three times, a multiple of ten."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10 == 0


def _expanded(short: str) -> str:
    """Return the UPC-A number that a UPC-E number of eight digits stands for."""
    system, body, last, check = short[0], short[1:6], short[6], short[7]
    match last:
        case "0" | "1" | "2":
            return f"{system}{body[:2]}{last}0000{body[2:]}{check}"
        case "3":
            return f"{system}{body[:3]}00000{body[3:]}{check}"
        case "4":
            return f"{system}{body[:4]}00000{body[4:]}{check}"
    return f"{system}{body}0000{last}{check}"
