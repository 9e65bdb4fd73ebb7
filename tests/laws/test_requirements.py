"""The pinned requirements follow pyproject.toml, each with hashes, and name no place to fetch them from."""

import re
import tomllib

import pytest

from tests.laws.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LISTS = {
    "requirements.txt": PROJECT["project"]["dependencies"],
    "requirements-dev.txt": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"],
}


def pins(text: str) -> dict[str, str]:
    """Return each pinned package with all that follows its name."""
    joined = re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return dict(line.split("==", 1) for line in joined.splitlines() if line.strip())


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower()


@pytest.mark.parametrize("name", LISTS)
def test_every_dependency_is_pinned_with_hashes(name: str) -> None:
    pinned = pins((ROOT / name).read_text())
    assert {plain(requirement) for requirement in LISTS[name]} <= set(pinned)
    assert [package for package, rest in pinned.items() if "--hash=sha256:" not in rest] == []


def test_both_lists_pin_the_same_versions() -> None:
    runtime, dev = (pins((ROOT / name).read_text()) for name in LISTS)
    assert {package: rest.split()[0] for package, rest in runtime.items()} == {
        package: dev[package].split()[0] for package in runtime
    }
