import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.codes import ALPHABET, CODE_LENGTH, grouped, is_valid, new_code, normalise

codes = st.integers(0, 2**32).map(lambda seed: new_code(rng=random.Random(seed)))


def test_alphabet_has_no_look_alikes() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 26
    assert not set(ALPHABET) & set("0OQ1IU2568")


def test_guessing_takes_more_than_50_bits() -> None:
    kept = 26 / 29  # bodies whose check character is in the alphabet
    assert 26 ** (CODE_LENGTH - 1) * kept > 2**50


def test_a_new_code() -> None:
    code = new_code()
    assert len(code) == 12
    assert is_valid(code)
    assert len({new_code() for _ in range(500)}) == 500


@pytest.mark.parametrize("length", [4, 8, 28])
def test_other_lengths(length: int) -> None:
    code = new_code(length)
    assert len(code) == length
    assert is_valid(code)


@pytest.mark.parametrize("length", [0, 3, 29])
def test_no_such_length(length: int) -> None:
    with pytest.raises(ValueError, match="4 to 28"):
        new_code(length)


@given(codes, st.integers(0, CODE_LENGTH - 1), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_found(code: str, place: int, char: str) -> None:
    slip = code[:place] + char + code[place + 1 :]
    assert is_valid(slip) == (slip == code)


@given(codes, st.integers(0, CODE_LENGTH - 2))
def test_any_two_neighbours_that_changed_places_are_found(code: str, place: int) -> None:
    slip = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_valid(slip) == (slip == code)


@given(codes)
def test_what_is_shown_can_be_typed(code: str) -> None:
    assert normalise(code) == code
    assert normalise(grouped(code).lower()) == code
    assert normalise(f" {grouped(code).replace('-', ' ')}\n") == code


@given(st.text(max_size=40))
def test_any_text_is_valid_or_not(text: str) -> None:
    assert is_valid(normalise(text)) in (True, False)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0oQ", "DDD"),
        ("1il", "LLL"),
        ("2568u", "ZSGBV"),
        ("АВСЕНКМТХРУ", "ABCEHKMTXPY"),  # noqa: RUF001 (a Cyrillic keyboard)
        ("ＡＢＣ３４７", "ABC347"),  # noqa: RUF001 (full width)
        ("ab_cd.ef\u2013gh", "ABCDEFGH"),
        ("", ""),
    ],
)
def test_normalise(typed: str, read: str) -> None:
    assert normalise(typed) == read


@pytest.mark.parametrize(
    "code", ["", "A", "AAAA", "AAAAAAAAAAAA", "ABCD-EFGH-JKLM", "abcdefghjklm", "0" * 12, "A" * 29]
)
def test_no_code(code: str) -> None:
    assert not is_valid(code)


def test_grouped() -> None:
    assert grouped("ABCDEFGHJKLM") == "ABCD-EFGH-JKLM"
    assert grouped("ABCDEF") == "ABCD-EF"
