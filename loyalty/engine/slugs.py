"""A business's address made of its name."""

import re
import unicodedata

LONGEST = 40

# Letters that do not come apart into a plain letter and a mark.
_LETTERS = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ħ": "h", "&": " "}  # noqa: RUF001
    | dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True))
    | {"ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu"}  # noqa: RUF001
    | {"я": "ya", "'": "", "’": ""}  # noqa: RUF001
)


def propose(name: str) -> str:
    """Return an address for a name: small letters a-z, digits and single hyphens, at most 40; empty if none fits.

    >>> propose("Café & Bar Đà Nẵng"), propose("Кофейня"), propose("茶馆")
    ('cafe-bar-da-nang', 'kofeynya', '')
    """
    # Composed first, so that a letter of its own (й) is not taken for a letter with a mark.
    plain = unicodedata.normalize("NFC", name).casefold().translate(_LETTERS)
    bare = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    slug = "-".join(re.findall("[a-z0-9]+", bare))
    return slug if len(slug) <= LONGEST else slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]


def numbered(slug: str, number: int) -> str:
    """Return the address with a number behind it, not longer than an address may be.

    >>> numbered("cafe-luna", 2)
    'cafe-luna-2'
    """
    tail = f"-{number}"
    return slug[: LONGEST - len(tail)].rstrip("-") + tail
