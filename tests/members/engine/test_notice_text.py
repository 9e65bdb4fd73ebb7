"""Reading a privacy text, and telling two versions apart."""

from hypothesis import given
from hypothesis import strategies as st

from members.engine.notice_text import ADDED, REMOVED, SAME, Block, Piece, blocks, changes


def test_headings_lists_and_paragraphs():
    text = "## In short\n\nWe keep little.\n- one\n\n- two\nThe end."
    assert blocks(text) == [
        Block("heading", ("In short",)),
        Block("paragraph", ("We keep little.",)),
        Block("list", ("one", "two")),
        Block("paragraph", ("The end.",)),
    ]


def test_an_empty_text_has_no_parts():
    assert blocks("  \n\n") == []


def test_only_spacing_differs():
    assert changes("a b\n\nc", "  a b \nc\n") == []


def test_words_that_changed_are_marked():
    (change,) = changes("We keep it a year.\nBye.", "We keep it two years.\nBye.")
    assert change.pieces == (
        Piece(SAME, "We keep it"),
        Piece(REMOVED, " a year."),
        Piece(ADDED, " two years."),
    )


def test_whole_lines_come_and_go():
    assert [change.pieces for change in changes("one\ntwo", "one\nthree\ntwo")] == [(Piece(ADDED, "three"),)]
    assert [change.pieces for change in changes("one\ntwo", "two")] == [(Piece(REMOVED, "one"),)]


TEXTS = st.lists(st.sampled_from(["we keep it", "we keep it long", "## Rights", "- one", ""]), max_size=6).map(
    "\n".join
)


@given(TEXTS, TEXTS)
def test_the_marks_hold_every_word_that_came_and_went(old, new):
    found = [piece for change in changes(old, new) for piece in change.pieces]
    come = " ".join(piece.words for piece in found if piece.mark == ADDED).split()
    gone = " ".join(piece.words for piece in found if piece.mark == REMOVED).split()
    balance = {word: new.split().count(word) - old.split().count(word) for word in set((old + " " + new).split())}
    assert {word: come.count(word) - gone.count(word) for word in balance} == balance
