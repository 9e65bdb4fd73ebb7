"""The docs know every setting, and every command that they name exists."""

import ast
import re

from config.env import NAMES
from tests.laws.tree import ROOT

DEPLOYMENT = ROOT / "docs" / "deployment.md"


def settings_read(source: str) -> set[str]:
    """Return the names that a source reads from the environment, as env.str("NAME") or environ.get("NAME")."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    reads = [call for call in calls if re.fullmatch(r"(env|os\.environ)\.\w+", ast.unparse(call.func))]
    return {call.args[0].value for call in reads if isinstance(call.args[0], ast.Constant)}


def all_settings() -> set[str]:
    return set().union(*(settings_read((ROOT / "config" / file).read_text()) for file in ("env.py", "settings.py")))


def documented(text: str) -> set[str]:
    """Return the names in the first column of a table of the docs."""
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    assert documented(DEPLOYMENT.read_text()) == all_settings()


def test_a_setting_is_seen_however_it_is_read() -> None:
    source = 'A = env.bool("FIRST", default=True)\nos.environ.get("SECOND")\nD = {"a": env.db_url("THIRD")}\n'
    assert settings_read(source) == {"FIRST", "SECOND", "THIRD"}


def test_a_demo_and_a_test_run_clear_every_setting() -> None:
    assert NAMES.split() == sorted(all_settings())


def test_the_changelog_is_kept() -> None:
    assert "## " in (ROOT / "CHANGELOG.md").read_text()


def test_every_command_that_the_docs_name_exists() -> None:
    script = (ROOT / "regulars").read_text()
    offered = set(re.findall(r"^  ([a-z-]+) .*  [A-Z]", script, re.MULTILINE)) | {"help"}
    handled = set(re.findall(r"^  ([a-z-]+)(?: \| [-a-z |]+)?\)", script, re.MULTILINE))
    named = {
        command
        for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for command in re.findall(r"\./regulars ([a-z-]+)", file.read_text())
    }
    assert offered == handled
    assert named <= offered
