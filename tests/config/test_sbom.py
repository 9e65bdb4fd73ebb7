"""The bill of materials names everything that is pinned or copied, with its digests, and no place to fetch it from."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from config import sbom
from tests.laws.test_requirements import pins
from tests.laws.tree import ROOT

LISTS = {"requirements.txt": [], "requirements-dev.txt": ["--dev"]}


def written(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    sbom.main(list(words))
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", LISTS)
def test_it_names_what_is_pinned(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    pinned = {package: rest.split()[0] for package, rest in pins((ROOT / name).read_text()).items()}
    told = written(capsys, *LISTS[name])["components"]
    libraries = {part["name"]: part["version"] for part in told if part.get("purl", "").startswith("pkg:pypi/")}
    assert libraries == {re.sub(r"\[.*", "", package).strip().lower(): version for package, version in pinned.items()}


def test_every_part_has_its_digests(capsys: pytest.CaptureFixture[str]) -> None:
    told = written(capsys)["components"]
    assert [part["name"] for part in told if not part["hashes"]] == []
    digests = {digest["content"] for part in told for digest in part["hashes"]}
    assert set(re.findall(r"--hash=sha256:([0-9a-f]{64})", (ROOT / "requirements.txt").read_text())) <= digests


def test_every_part_has_a_licence_but_those_for_other_systems(capsys: pytest.CaptureFixture[str]) -> None:
    told = written(capsys)["components"]
    assert [part["name"] for part in told if "licenses" not in part and "properties" not in part] == []


def test_what_is_copied_is_what_its_digest_says(capsys: pytest.CaptureFixture[str]) -> None:
    copied = [part for part in written(capsys)["components"] if not part.get("purl")]
    assert {part["name"] for part in copied} == {"Pico CSS", "Lucide", "Wix Madefor Display"}
    for part in copied:
        file = Path(part["properties"][0]["value"])
        if "*" not in file.name:
            assert sha256((ROOT / file).read_bytes()).hexdigest() == part["hashes"][0]["content"]


def test_who_needs_whom(capsys: pytest.CaptureFixture[str]) -> None:
    told = written(capsys)
    needs = {each["ref"].rpartition("@")[0]: each["dependsOn"] for each in told["dependencies"]}
    direct = {ref.rpartition("@")[0] for ref in needs["pkg:generic/regulars"]}
    assert {"pkg:pypi/django", "pkg:pypi/cryptography", "static/vendor/pico/pico.min.css"} <= direct
    assert "pkg:pypi/sqlparse" not in direct
    assert [ref.rpartition("@")[0] for ref in needs["pkg:pypi/django"]] == [
        "pkg:pypi/asgiref",
        "pkg:pypi/sqlparse",
        "pkg:pypi/tzdata",
    ]
    refs = {part["bom-ref"] for part in told["components"]}
    assert {ref for parts in needs.values() for ref in parts} == refs


def test_it_is_the_same_each_time_and_names_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    first = written(capsys)
    assert written(capsys) == first
    assert "://" not in json.dumps(first)
    assert (first["bomFormat"], first["specVersion"]) == ("CycloneDX", "1.6")


def test_it_goes_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sbom.main([str(tmp_path / "bill.json")])
    assert json.loads((tmp_path / "bill.json").read_text()) == written(capsys)


def test_a_line_that_is_no_pin_is_refused() -> None:
    with pytest.raises(ValueError, match="Not a pinned requirement"):
        sbom.packages("django>=6\n")
