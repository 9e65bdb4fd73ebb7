"""The model stands alone: it shares no code with the product, so that one cannot repeat the mistakes of the other."""

import ast

import pytest

from tests.laws.tree import ROOT

MODEL = ("terms", "purse", "cards", "bill", "shop")
APPS = {"loyalty", "rewards", "members", "config", "django"}


def roots_of(source: str) -> set[str]:
    """Return the first names of all that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("name", MODEL)
def test_the_model_imports_nothing_of_the_product(name: str) -> None:
    assert roots_of((ROOT / f"tests/oracle/{name}.py").read_text()) & APPS == set()


@pytest.mark.parametrize("name", MODEL)
def test_the_model_imports_of_the_tests_only_itself(name: str) -> None:
    source = (ROOT / f"tests/oracle/{name}.py").read_text()
    ours = {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    allowed = {f"tests.oracle.{each}" for each in MODEL}
    assert {module for module in ours if module.startswith("tests")} <= allowed


def test_an_import_of_the_product_would_be_seen() -> None:
    assert roots_of("def late():\n    from loyalty.engine import lots\n") & APPS == {"loyalty"}
