"""Signs that nobody sees: with them a name looks like another one, or turns what stands around it.

Refused are the marks that set the direction of writing, and signs without width. Two belong to how people write and
stay where they do: the joiners of Persian and of the scripts of India (ZWNJ, ZWJ), and what glues an emoji together.
Variation selectors stay behind the letter or sign whose shape they choose.
"""

import unicodedata

ZWNJ, ZWJ = "\u200c", "\u200d"
_VIRAMA = 9
"""The combining class of what joins two consonants in the scripts of India."""
_SELECTORS = (("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef"))
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that are drawn as nothing."""
_JOINED = ("ARABIC", "SYRIAC", "MANDAIC", "NKO", "MONGOLIAN", "ADLAM", "HANIFI", "SOGDIAN")
"""Scripts whose letters hang together, so that it means something to part them."""


def hidden_sign(text: str) -> int:
    """Return the place of the first sign in a line that nobody sees and that does not belong there, or -1."""
    return next((place for place, char in enumerate(text) if _is_hidden(text, place, char)), -1)


def _is_hidden(text: str, place: int, char: str) -> bool:
    if char.isascii():
        return not char.isprintable()
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if char == ZWJ:
        return not (_joins_letters(before, after) or _joins_emoji(text, place))
    if char == ZWNJ:
        return not (_joins_letters(before, after) or _parts_letters(before, after))
    if any(first <= char <= last for first, last in _SELECTORS):
        return not before or unicodedata.category(before)[0] not in "LNSP"
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in _FILLERS


def _joins_letters(before: str, after: str) -> bool:
    """Whether a consonant of a script of India ends before it: then a joiner says how the next one hangs on."""
    return bool(before) and unicodedata.combining(before) == _VIRAMA and (not after or after.isalpha() or after == " ")


def _parts_letters(before: str, after: str) -> bool:
    return _hangs_together(before) and _hangs_together(after)


def _hangs_together(char: str) -> bool:
    return bool(char) and unicodedata.name(char, "").startswith(_JOINED) and unicodedata.category(char)[0] in "LM"


def _joins_emoji(text: str, place: int) -> bool:
    """Whether a picture stands on both sides; a colour of skin or a selector may follow the first."""
    before = text[:place].rstrip("\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")[-1:]
    after = text[place + 1 : place + 2]
    return all(char and unicodedata.category(char) == "So" for char in (before, after))
