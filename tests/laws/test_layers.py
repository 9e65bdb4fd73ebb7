"""What a layer may not do, read from its source: views do not query, the domain does not look at the clock."""

import ast
from pathlib import Path

import pytest

from tests.laws.tree import APPS, files, name

DATABASE = ("objects", "_base_manager", "_default_manager", "select_for_update", "bulk_create")
CLOCKS = (
    "timezone.now",
    "timezone.localdate",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
)


def layer(*layers: str) -> list[Path]:
    """Return the modules of these layers in all apps: loyalty/views/console/home.py, loyalty/views.py."""
    return [file for file in files(".py", places=APPS) if name(file).split("/")[1].removesuffix(".py") in layers]


def dotted(node: ast.expr) -> str:
    """Return a name as it is written: timezone.now."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def database_use(source: str) -> list[str]:
    """Return what in a source reaches for the database by itself, with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in DATABASE:
            found.append(f"{node.lineno}: .{node.attr}")
        if isinstance(node, ast.ImportFrom) and node.module == "django.db":
            found.append(f"{node.lineno}: from django.db")
    return found


def clock_use(source: str) -> list[str]:
    """Return where in a source the clock is read; a reference to it, as in default=timezone.now, counts as well."""
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)]
    return [f"{node.lineno}: {dotted(node)}" for node in names if dotted(node).endswith(CLOCKS)]


def test_views_do_not_query() -> None:
    assert [f"{name(file)}:{use}" for file in layer("views", "api") for use in database_use(file.read_text())] == []


def test_domain_and_engine_do_not_read_the_clock() -> None:
    assert [f"{name(file)}:{use}" for file in layer("domain", "engine") for use in clock_use(file.read_text())] == []


@pytest.mark.parametrize(
    "line", ["Member.objects.first()", "type(member)._default_manager", "from django.db import transaction"]
)
def test_a_query_in_a_view_is_noticed(line: str) -> None:
    assert len(database_use(f"x = 1\n{line}\n")) == 1


@pytest.mark.parametrize(
    "line", ["timezone.now()", "datetime.now(tz=UTC)", "datetime.date.today()", "f(at=timezone.now)"]
)
def test_a_look_at_the_clock_is_noticed(line: str) -> None:
    assert len(clock_use(f"x = 1\n{line}\n")) == 1


def test_the_layers_are_found() -> None:
    assert {name(file).split("/")[1] for file in layer("views", "domain")} == {"views", "domain"}
