"""Every static file that a template names is there."""

import re

from django.contrib.staticfiles import finders

from tests.laws.tree import files, name

NAMED = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")


def missing(source: str) -> list[str]:
    """Return the static files that a template names in vain."""
    return [path for path in NAMED.findall(source) if not finders.find(path)]


def test_templates_name_files_that_exist() -> None:
    assert [f"{name(file)}: {path}" for file in files(".html") for path in missing(file.read_text())] == []


def test_a_missing_file_is_noticed() -> None:
    assert missing("{% static 'admin/css/base.css' %} {% static 'css/planted.css' %}") == ["css/planted.css"]
