"""Imports point down: from app to app, from layer to layer, and never in a circle."""

import shutil
import subprocess
import sys
from pathlib import Path

import grimp

from tests.laws.tree import APPS, ROOT

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(LINT, cwd=root, capture_output=True, text=True, check=False)


def copy(root: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", root)
    for app in APPS:
        shutil.copytree(ROOT / app, root / app, ignore=shutil.ignore_patterns("__pycache__", "static"))


def test_the_import_law_holds() -> None:
    outcome = lint(ROOT)
    assert outcome.returncode == 0, outcome.stdout


def test_an_import_that_points_up_is_noticed(tmp_path: Path) -> None:
    copy(tmp_path)
    planted = tmp_path / "loyalty" / "models" / "planted.py"
    planted.write_text("from members import models\n")
    outcome = lint(tmp_path)
    assert outcome.returncode == 1
    assert "loyalty.models.planted -> members" in outcome.stdout


def test_a_layer_that_reaches_up_is_noticed(tmp_path: Path) -> None:
    copy(tmp_path)
    planted = tmp_path / "loyalty" / "models" / "planted.py"
    planted.write_text("from loyalty.domain import audit\n")
    outcome = lint(tmp_path)
    assert outcome.returncode == 1
    assert "loyalty.models.planted -> loyalty.domain" in outcome.stdout


def circles(imports: dict[str, set[str]]) -> list[str]:
    """Return the modules that import themselves over others: what is left once all the free ends are cut off."""
    left = {module: set(imported) & set(imports) for module, imported in imports.items()}
    while free := {module for module, imported in left.items() if not imported}:
        left = {module: imported - free for module, imported in left.items() if module not in free}
    while free := set(left) - set().union(*left.values()):
        left = {module: imported for module, imported in left.items() if module not in free}
    return sorted(left)


def test_no_import_goes_in_a_circle() -> None:
    graph = grimp.build_graph(*APPS, cache_dir=None)
    assert circles({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}) == []


def test_a_circle_is_noticed() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["b", "c"]
