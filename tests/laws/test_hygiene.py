"""Nothing in the tree names a package registry's address or a path of somebody's machine."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.laws.tree import ROOT, name

# Written so that they do not match themselves.
STRANGERS = re.compile(
    r"py[p]i\.org|python[h]osted\.org|registry\.np[m]js|deb\.deb[i]an\.org"
    r"|/wor[k]/(main|steering|shared)|/tmp/bas[h]_jobs|/roo[t]/|\.librar[y]/"
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()]


def strangers(text: str) -> list[str]:
    return [found.group() for found in STRANGERS.finditer(text)]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="asks git which files are ours")
def test_the_tree_names_no_registry_and_no_machine() -> None:
    found = {name(file): strangers(file.read_text(errors="ignore")) for file in tracked()}
    assert {file: addresses for file, addresses in found.items() if addresses} == {}


def test_an_address_or_path_is_noticed() -> None:
    assert strangers("--index-url https://py" + "pi.org/simple") == ["py" + "pi.org"]
    assert strangers("open('/wor" + "k/shared/data')") == ["/wor" + "k/shared"]
