"""Codes for cards and vouchers: easy to read out, hard to guess, and a slip of the finger is noticed.

26 characters without look-alikes. The last one checks the others: sum of weight x value = 0 (mod 29), weights 1, 2, 3
from the right, values 1 to 26. 29 is prime and larger than every value and weight, so any one wrong character and any
two that changed places are found (the argument of ISBN-10). 11 free characters hold over 51 bits.
"""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from typing import Protocol

ALPHABET = "ABCDEFGHJKLMNPRSTVWXYZ3479"
CODE_LENGTH = 12
_PRIME = 29
_VALUES = {char: value for value, char in enumerate(ALPHABET, start=1)}

# What a reader or a Cyrillic keyboard makes of our characters.
_LOOK_ALIKES = str.maketrans("0OQ1IU2568" + "АВЕКМНОРСТУХ", "DDDLLVZSGB" + "ABEKMHDPCTYX")  # noqa: RUF001


class Chooser(Protocol):
    """A source of chance: `secrets`, or a seeded `random.Random` for demo data."""

    def choice(self, seq: Sequence[str], /) -> str: ...


def new_code(length: int = CODE_LENGTH, rng: Chooser = secrets) -> str:
    """A new code of so many characters, the check character included. Raises ValueError below 4 or above 28."""
    if not 4 <= length < _PRIME:
        raise ValueError("a code has 4 to 28 characters")
    while True:
        body = "".join(rng.choice(ALPHABET) for _ in range(length - 1))
        check = -_weighted(body + ALPHABET[0], skip_last=True) % _PRIME
        if 1 <= check <= len(ALPHABET):
            return body + ALPHABET[check - 1]


def normalise(text: str) -> str:
    """What was typed or scanned as we write it: capitals, no spaces or hyphens, look-alikes as what they stand for.

    Says nothing about validity, and is the identity on a valid code.
    """
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text[:100])).upper()
    return plain.translate(_LOOK_ALIKES)


def is_valid(code: str) -> bool:
    """Whether a code in normal form has our characters only and the right check character."""
    return 4 <= len(code) < _PRIME and all(char in _VALUES for char in code) and _weighted(code) % _PRIME == 0


def grouped(code: str) -> str:
    """The code for the eye: "ABCD-EFGH-JKLM"."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _weighted(code: str, *, skip_last: bool = False) -> int:
    values = [_VALUES[char] for char in reversed(code)]
    if skip_last:
        values[0] = 0
    return sum(weight * value for weight, value in enumerate(values, start=1))
