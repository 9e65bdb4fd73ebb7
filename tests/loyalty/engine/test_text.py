"""Signs that nobody sees are found; those that people write with are not."""

import sys
import unicodedata

import pytest

from loyalty.engine.text import hidden_sign


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Mia\u202enooM", 3),  # right to left, whatever it is
        ("\u202aMia", 0),
        ("\u2066Mia\u2069", 0),
        ("Mia\u200e", 3),
        ("Mia\u200f", 3),
        ("Mia\u061c", 3),
        ("Mi\u200ba", 2),
        ("Mi\u2060a", 2),
        ("Mi\ufeffa", 2),
        ("Mi\u00ada", 2),
        ("Mi\u180ea", 2),
        ("Mi\u034fa", 2),
        ("\u3164", 0),
        ("\u2800", 0),
        ("Mi\u200da", 2),  # joiners between letters that are not joined
        ("Mi\u200ca", 2),
        ("🧋\u200dx", 1),
        ("🧋\u200d", 1),
        ("\u200d🧋", 0),
        ("सं\u200d", 2),
        ("\ufe0fMia", 0),
        (" \ufe0f", 1),
        ("Mia\x1b[31m", 3),
        ("Mia\x00", 3),
        ("Mia\n", 3),
        ("Mia\u2028", 3),
        ("Mia\ud800", 3),
        ("Mia\U000e0041", 3),
    ],
)  # fmt: skip
def test_what_nobody_sees_is_found(text: str, place: int) -> None:
    assert hidden_sign(text) == place


@pytest.mark.parametrize(
    "name",
    [
        "Mia Moon", "Nguyễn Thị Đào", "Győző", "Õie Kõrv", "Ольга", "王小明", "D'Arcy-Ünal",
        "\u05e9\u05e8\u05d4 \u05db\u05d4\u05df",  # Hebrew
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",  # Persian, its parts held apart
        "\u0915\u094d\u200d\u0937", "\u0915\u094d\u200c\u0937",  # Hindi, two ways to write one pair of letters
        "\u0d9a\u0dca\u200d\u0dc2",  # Sinhala
        "👩\u200d🍳", "👩🏽\u200d🍳", "🏳\ufe0f\u200d🌈", "❤\ufe0f", "1\ufe0f\u20e3", "Café ☕", "🧋", "🇪🇪",
        "葛\U000e0100城",  # the shape that this family writes its name with
        "“Mia” & Co. №1", "",
    ],
)  # fmt: skip
def test_what_people_write_is_not(name: str) -> None:
    assert hidden_sign(name) == -1


def test_no_mark_of_direction_and_no_format_sign_of_unicode_is_left_between_letters() -> None:
    found = [chr(number) for number in range(sys.maxunicode + 1)]
    unseen = [char for char in found if unicodedata.category(char) == "Cf" or unicodedata.bidirectional(char) in
              ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")]  # fmt: skip
    assert len(unseen) > 150
    assert [hex(ord(char)) for char in unseen if hidden_sign(f"a{char}b") != 1] == []
