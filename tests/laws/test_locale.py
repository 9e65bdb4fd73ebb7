"""The catalogues of the languages can be read, hold no fuzzy text, and keep the placeholders of the original."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import to_locale

from tests.laws.tree import ROOT

LOCALES = [to_locale(code) for code, _ in settings.LANGUAGES if code != "en"]


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def faults(read: Catalog) -> list[str]:
    """Return the texts that are fuzzy, or whose translation lost or gained a placeholder."""
    fuzzy = [f"fuzzy: {message.id!r}" for message in read if message.id and message.fuzzy]
    broken = [f"{error}: {message.id!r}" for message, errors in read.check() for error in errors]
    return fuzzy + broken


@pytest.mark.parametrize("locale", LOCALES)
def test_the_catalogue_is_sound(locale: str) -> None:
    assert faults(catalogue(ROOT / "locale" / locale / "LC_MESSAGES" / "django.po")) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('#, fuzzy\nmsgid "Join"\nmsgstr "Liitu"\n', "fuzzy: 'Join'"),
        ('#, python-format\nmsgid "%(count)s points"\nmsgstr "%(kount)s punkti"\n', "unknown named placeholder"),
    ],
)
def test_a_fault_is_noticed(tmp_path: Path, entry: str, fault: str) -> None:
    path = tmp_path / "et" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n' + entry)
    (found,) = faults(catalogue(path))
    assert fault in found
