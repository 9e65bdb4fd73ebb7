"""Templates carry no script and no style, fetch nothing from elsewhere, name no app above, and are to be read."""

import re
from pathlib import Path

import pytest

from tests.laws.tree import APPS, ROOT, files, name

FORBIDDEN = {
    "a style attribute": r"""\sstyle\s*=\s*["'{]""",
    "an event attribute": r"""<[^>]*\son[a-z]+\s*=\s*["'{]""",
    "hx-on": r"\shx-on[:\-=]",
    "an inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "an inline style": r"<style\b",
    "a javascript: address": r"javascript:",
    "a resource of another site": r"""<(script|link|img|iframe|source)\b[^>]*\b(src|href)=["'](https?:)?//""",
}
NAMED = re.compile(r"""\{%\s*(?:url|include|extends|urlpath)\s+["']([a-z_]+)[:/]""")


WIDEST = 160
STILL_WIDER = 121
"""Lines of what stands side by side, where the end of a line would be a space. It may only shrink: lower it then."""


def faults(source: str) -> list[str]:
    """Return which forbidden things a template holds; what stands in Django comments does not count."""
    shown = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", source, flags=re.DOTALL)
    return [fault for fault, pattern in FORBIDDEN.items() if re.search(pattern, shown, re.IGNORECASE | re.DOTALL)]


def rank(app: str) -> int:
    """Return how high an app stands; the folders that all share (layouts, components, errors) stand with the lowest."""
    return APPS.index(app) if app in APPS else 0


def pointing_up(file: Path, source: str) -> list[str]:
    """Return the apps above its own that a template names in url, include or extends."""
    own = rank(file.relative_to(ROOT / "templates").parts[0])
    return [app for app in NAMED.findall(source) if app in APPS and rank(app) > own]


def test_templates_hold_no_script_and_no_style() -> None:
    assert [f"{name(file)}: {fault}" for file in files(".html", ".svg") for fault in faults(file.read_text())] == []


def test_lines_are_no_wider_than_a_screen() -> None:
    templates = [file.read_text() for file in files(".html", places=("templates",))]
    assert sum(len(line) > WIDEST for source in templates for line in source.splitlines()) == STILL_WIDER


def test_templates_point_down() -> None:
    templates = files(".html", ".txt", places=("templates",))
    assert [f"{name(file)}: {app}" for file in templates for app in pointing_up(file, file.read_text())] == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('<p style="color: red">', "a style attribute"),
        ('<a href="#" onclick="go()">', "an event attribute"),
        ('<a hx-on:click="go()">', "hx-on"),
        ("<script>go()</script>", "an inline script"),
        ("<style>p { color: red }</style>", "an inline style"),
        ('<a href="javascript:go()">', "a javascript: address"),
        ('<script src="https://cdn.example/x.js"></script>', "a resource of another site"),
    ],
)
def test_inline_things_are_noticed(source: str, fault: str) -> None:
    assert faults(source) == [fault]


def test_clean_templates_are_left_alone() -> None:
    assert faults("""<script src="{% static 'x.js' %}" defer></script><a href="https://example.org/">x</a>""") == []


def test_a_template_that_points_up_is_noticed() -> None:
    lower = ROOT / "templates" / "loyalty" / "console" / "home.html"
    assert pointing_up(lower, "{% url 'members:join' %}") == ["members"]
    assert pointing_up(lower, "{% include 'rewards/counter/part.html' %}") == ["rewards"]
    assert pointing_up(ROOT / "templates" / "members" / "page.html", "{% url 'loyalty:start' %}") == []
