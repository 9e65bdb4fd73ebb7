"""A sentence of the product is quoted by one test at most: who edits it mends one test, not dozens."""

import pytest

from tests.laws.wording import is_sentence, our_tests, places, quoted, sentence


def quoted_twice(found: dict[str, set[str]]) -> dict[str, list[str]]:
    return {text: sorted(where) for text, where in found.items() if len(where) > 1}


def test_each_sentence_is_quoted_once() -> None:
    assert quoted_twice(places(our_tests())) == {}


def test_a_sentence_that_two_tests_quote_is_noticed() -> None:
    assert quoted_twice({"Open the old gate": {"a::test_one", "b::test_two"}}) == {
        "Open the old gate": ["a::test_one", "b::test_two"]
    }


@pytest.mark.parametrize(
    ("literal", "quotes"),
    [
        ("You have 5 points left.", True),
        ("<p>You have 12 points left.</p>", True),
        ("points left.", True),
        ("You have nothing", False),
    ],
)
def test_a_quotation_is_known_with_its_gaps_filled_and_in_part(literal: str, quotes: bool) -> None:
    text = "You have %(amount)s points left."
    assert sentence(text).is_quoted_by(literal) is quotes


def test_labels_are_no_sentences() -> None:
    assert not is_sentence("last good day")
    assert is_sentence("Open the old gate")
    assert is_sentence("Nothing was changed.")


def test_each_text_is_told_with_its_test() -> None:
    source = '"""One docstring here."""\nX = "Welcome to the club"\ndef test_it():\n    assert "See you soon then"\n'
    assert list(quoted(source, "m.py")) == [
        ("m.py", "Welcome to the club"),
        ("m.py::test_it", "See you soon then"),
    ]
