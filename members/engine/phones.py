"""Phone numbers as people type them."""

import phonenumbers


def in_e164(text: str, country: str) -> str:
    """Return a typed number in E.164, read as in the country (two letters, may be empty); empty if it is none."""
    try:
        number = phonenumbers.parse(text, country.upper() or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def endings(text: str) -> list[str]:
    """Return what a number may end with when the digits of a text were typed: as they are, and without a leading 0.

    Nothing for fewer than three digits, and for a text that is no number.

    >>> endings("0171 234"), endings("67")
    (['0171234', '171234'], [])
    """
    if not text.lstrip("+").replace("(", "").replace(")", "").translate(_SEPARATORS).isdecimal():
        return []
    digits = "".join(str(int(char)) for char in text if char.isdecimal())
    return [ending for ending in dict.fromkeys((digits, digits.lstrip("0"))) if len(ending) >= 3]


_SEPARATORS = {ord(char): None for char in " -./\u00a0\u2011\u2013"}
