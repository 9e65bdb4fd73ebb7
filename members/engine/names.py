"""Names and addresses of people: as they are searched for, and as little of them as a till needs to show."""

import unicodedata

# Letters that are not a plain one with a mark on it, and what people type for them.
_PLAIN = str.maketrans({"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th"})
_HIDDEN = "•••"


def folded(name: str) -> str:
    """Return a name as it is searched for: small letters without their marks, single spaces.

    >>> folded("Nguyễn  Đức"), folded("Müller")
    ('nguyen duc', 'muller')
    """
    apart = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", bare).translate(_PLAIN).split())


def short(name: str) -> str:
    """Return a name as a list at the till shows it: "Mia M." for "Mia Maria Moon"."""
    words = name.split()
    return f"{words[0]} {words[-1][0]}." if len(words) > 1 else name.strip()


def initials(name: str) -> str:
    """Return one or two letters that stand for a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]))


def masked_phone(phone: str) -> str:
    """Return a phone number with all but its last two digits hidden."""
    return f"{_HIDDEN} {phone[-2:]}" if phone else ""


def masked_email(email: str) -> str:
    """Return an e-mail address with all of its first part hidden but the first letter."""
    person, _, host = email.partition("@")
    return f"{person[:1]}{_HIDDEN}@{host}" if host else ""
