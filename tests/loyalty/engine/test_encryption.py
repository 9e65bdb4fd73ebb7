"""What is encrypted is read by its own key and purpose alone, and not when it was changed."""

import pytest

from loyalty.engine.encryption import MARK, Unreadable, decrypt, encrypt, is_encrypted

SECRET, OTHER = "s" * 50, "o" * 50


def test_it_comes_back() -> None:
    text = encrypt("JBSWY3DPEHPK3PXP é", secret=SECRET, purpose="test")
    assert is_encrypted(text)
    assert "JBSW" not in text
    assert decrypt(text, secrets=[OTHER, SECRET], purpose="test") == "JBSWY3DPEHPK3PXP é"


def test_the_same_text_looks_different_each_time() -> None:
    assert encrypt("x", secret=SECRET, purpose="test") != encrypt("x", secret=SECRET, purpose="test")


@pytest.mark.parametrize(
    ("text", "secrets", "purpose"),
    [
        (None, [OTHER], "test"),
        (None, [], "test"),
        (None, [SECRET], "another"),
        ("clear", [SECRET], "test"),
        (MARK, [SECRET], "test"),
        (MARK + "é", [SECRET], "test"),
        (MARK + "AAAA", [SECRET], "test"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str | None, secrets: list[str], purpose: str) -> None:
    with pytest.raises(Unreadable):
        decrypt(text or encrypt("x", secret=SECRET, purpose="test"), secrets=secrets, purpose=purpose)


def test_one_letter_changed_is_refused() -> None:
    text = encrypt("x", secret=SECRET, purpose="test")
    changed = text[:20] + ("A" if text[20] != "A" else "B") + text[21:]
    with pytest.raises(Unreadable):
        decrypt(changed, secrets=[SECRET], purpose="test")
