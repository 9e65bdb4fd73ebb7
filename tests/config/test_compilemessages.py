import gettext
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

HEAD = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n"
"""
TEXTS = """
msgid "Join"
msgstr "Вступить"

#, fuzzy
msgid "Leave"
msgstr "Уйти"

#, python-format
msgid "%(count)s point"
msgid_plural "%(count)s points"
msgstr[0] "%(count)s балл"
msgstr[1] "%(count)s балла"
msgstr[2] "%(count)s баллов"

msgctxt "month"
msgid "May"
msgstr "май"
"""


@pytest.fixture
def source(tmp_path: Path, settings: Any) -> Path:
    settings.LOCALE_PATHS = [tmp_path]
    path = tmp_path / "ru" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + TEXTS)
    return path


def test_texts_plurals_and_contexts_are_compiled_and_fuzzy_ones_are_not(source: Path) -> None:
    call_command("compilemessages", verbosity=0)
    with source.with_suffix(".mo").open("rb") as file:
        texts = gettext.GNUTranslations(file)
    assert texts.gettext("Join") == "Вступить"
    assert texts.gettext("Leave") == "Leave"
    assert texts.pgettext("month", "May") == "май"
    forms = [texts.ngettext("%(count)s point", "%(count)s points", n) for n in (1, 3, 11)]
    assert forms == ["%(count)s балл", "%(count)s балла", "%(count)s баллов"]


def test_only_what_has_changed_is_compiled(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("compilemessages")
    call_command("compilemessages")
    call_command("compilemessages", all=True)
    said = capsys.readouterr().out.splitlines()
    assert said == [f"{count} of 1 catalogues compiled." for count in (1, 0, 1)]


def test_a_broken_catalogue_is_named_and_nothing_is_written(source: Path) -> None:
    source.write_text(HEAD + 'msgid "Join"\nnonsense\n')
    with pytest.raises(CommandError, match=r"django\.po"):
        call_command("compilemessages")
    assert not source.with_suffix(".mo").exists()
