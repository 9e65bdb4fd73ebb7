"""Reading a privacy text: its headings, lists and paragraphs, and what a new version changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

HEADING, LIST, PARAGRAPH = "heading", "list", "paragraph"
SAME, ADDED, REMOVED = "same", "added", "removed"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph with one line, or a list with one line for each point."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Return the parts of a text: "## " starts a heading, "- " a point of a list, all else is paragraphs."""
    found: list[Block] = []
    for line in _lines(text):
        if line.startswith("## "):
            found.append(Block(HEADING, (line[3:].strip(),)))
        elif not line.startswith("- "):
            found.append(Block(PARAGRAPH, (line,)))
        elif found and found[-1].kind == LIST:
            found[-1] = Block(LIST, (*found[-1].lines, line[2:].strip()))
        else:
            found.append(Block(LIST, (line[2:].strip(),)))
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a changed line: same, added or removed."""

    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of which something changed, as pieces in reading order."""

    pieces: tuple[Piece, ...]


def changes(old: str, new: str) -> list[Change]:
    """Return the lines that a new text adds, drops or changes, word by word; nothing when only spacing differs."""
    before, after = list(_lines(old)), list(_lines(new))
    found: list[Change] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = before[i:j], after[k:m]
        pairs = min(len(gone), len(come))
        found += [_change(was, now) for was, now in zip(gone, come, strict=False)]
        found += [Change((Piece(REMOVED, line),)) for line in gone[pairs:]]
        found += [Change((Piece(ADDED, line),)) for line in come[pairs:]]
    return found


def _change(was: str, now: str) -> Change:
    before, after = re.findall(r"\s*\S+", was), re.findall(r"\s*\S+", now)
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(SAME, "".join(before[i:j])))
            continue
        pieces += [Piece(REMOVED, "".join(before[i:j]))] if j > i else []
        pieces += [Piece(ADDED, "".join(after[k:m]))] if m > k else []
    return Change(tuple(pieces))


def _lines(text: str) -> Iterator[str]:
    """Yield what is on the lines that hold anything."""
    for line in text.splitlines():
        if line.strip():
            yield line.strip()
