"""The product's own sentences, and the tests that quote them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from tests.laws.tree import ROOT, files, name

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[\w.!:]*\}")


def is_sentence(text: str) -> bool:
    """Return whether a text is a sentence: four words, or three and a mark at the end. Others are labels."""
    words = len(re.findall(r"[^\W\d_]{2,}", PLACEHOLDER.sub(" ", text)))
    return words >= 4 or (words == 3 and text.rstrip().endswith((".", "?", "!")))


@dataclass(frozen=True)
class Sentence:
    """A sentence of the product, as it may stand on a page with its gaps filled."""

    text: str
    filled: re.Pattern[str]
    longest: str
    """Its longest piece without a gap: where that is missing, nothing else has to be looked for."""

    def is_quoted_by(self, literal: str) -> bool:
        """Return whether a text of a test holds the sentence, or is a part of it that is a sentence itself."""
        return literal in self.text or (self.longest in literal and self.filled.search(literal) is not None)


@cache
def sentences() -> tuple[Sentence, ...]:
    """Return what is marked for translation, read from the catalogue that every text of the product is in."""
    with (ROOT / "locale/hu/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file)
    texts = {text for message in catalogue for text in (message.id if isinstance(message.id, tuple) else [message.id])}
    return tuple(sentence(text) for text in sorted(texts) if is_sentence(text))


def sentence(text: str) -> Sentence:
    parts = PLACEHOLDER.split(text.strip())
    return Sentence(text, re.compile(".*?".join(map(re.escape, parts)), re.DOTALL), max(parts, key=len))


def quoted(source: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence-like text of a module with the test, or the module's own level, that it stands in."""
    yield from _below(ast.parse(source), path)


def _below(node: ast.AST, place: str) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        if _is_docstring(node, child):
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and is_sentence(child.value):
            yield place, child.value
        own = isinstance(child, ast.FunctionDef) and child.name.startswith("test")
        yield from _below(child, f"{place.partition('::')[0]}::{child.name}" if own else place)


def _is_docstring(parent: ast.AST, child: ast.AST) -> bool:
    body = getattr(parent, "body", None)
    return isinstance(child, ast.Expr) and isinstance(body, list) and child is body[0]


def places(paths: Iterator[Path]) -> dict[str, set[str]]:
    """Return where each sentence of the product is quoted."""
    found: dict[str, set[str]] = {}
    for path in paths:
        for place, literal in quoted(path.read_text(), name(path)):
            for text in quotations(literal):
                found.setdefault(text, set()).add(place)
    return found


@cache
def quotations(literal: str) -> list[str]:
    """Return the sentences that a text of a test quotes: itself where it is one, word for word."""
    found = [sentence.text for sentence in sentences() if sentence.is_quoted_by(literal)]
    return [literal] if literal in found else found


def our_tests() -> Iterator[Path]:
    return files(".py", places=("tests",))
