"""Static files: what is vendored is what was released, and everything that is named is there."""

import hashlib
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.laws.tree import ROOT

VENDOR = ROOT / "static" / "vendor"
ROWS = re.findall(r"\| `([^`]+)`[^|]*\| `([0-9a-f]{64})`", (VENDOR / "VENDOR.md").read_text())


def digest(pattern: str) -> str:
    found = hashlib.sha256()
    for path in sorted(VENDOR.glob(pattern), key=lambda path: path.name):
        found.update(path.read_bytes())
    return found.hexdigest()


@pytest.mark.parametrize(("pattern", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_vendored_files_are_as_released(pattern, expected):
    assert digest(pattern) == expected


def test_every_vendored_folder_is_listed_and_has_its_licence():
    folders = {path.name for path in VENDOR.iterdir() if path.is_dir()}
    assert folders == {row[0].split("/")[0] for row in ROWS}
    assert {folder for folder in folders if not list((VENDOR / folder).glob("LICENSE*"))} == set()


def test_static_files_are_hashed_with_everything_that_they_name(settings, tmp_path: Path):
    """A file that a style sheet names and that is not there stops the collecting with an error."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    sheet = next(tmp_path.glob("css/app.*.css")).read_text()
    assert re.search(r'@import url\("\.\./vendor/pico/pico\.min\.[0-9a-f]{12}\.css"\) layer\(pico\);', sheet)
    assert "layer(components)" in sheet


def icons_in(source: str) -> set[str]:
    named = re.findall(r"""\{%\s*icon\s+"([a-z0-9-]+)"|\bicon="([a-z0-9-]+)\"""", source)
    return {positional or by_name for positional, by_name in named}


def test_every_icon_that_a_template_names_is_there():
    have = {path.stem for path in (VENDOR / "lucide").glob("*.svg")}
    missing = {
        path.relative_to(ROOT).as_posix(): icons_in(path.read_text()) - have
        for path in ROOT.glob("templates/**/*.html")
    }
    assert {path: names for path, names in missing.items() if names} == {}


def test_icons_are_found_in_both_spellings():
    assert icons_in('{% icon "gift" %}{% button "primary" icon="no-such-icon" %}') == {"gift", "no-such-icon"}
