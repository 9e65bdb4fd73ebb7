"""The software bill of materials: what an installation is made of, as CycloneDX 1.6, from the pinned requirements.

    python -m config.sbom [--dev] [FILE]

Read from requirements.txt and static/vendor/VENDOR.md alone: the same source gives the same bill, on any machine.
It names no place to fetch from. Licences are told by the packages that are installed; what is not installed has none.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parent.parent
VENDORED = ROOT / "static" / "vendor" / "VENDOR.md"
OURSELVES = "regulars"
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\]+?))? ?\\?$")
_ROW = re.compile(r"^\| (?:\[(?P<linked>[^]]+)\]\S+|(?P<plain>[^|(]+?))(?: \([^)]*\))? \| (?P<version>[^|]+) \| (?P<licence>[^|]+) \| `(?P<file>[^`]+)`.*? \| `(?P<digest>[0-9a-f]{64})`", re.MULTILINE)  # fmt: skip # noqa: E501


@dataclass
class Package:
    """A pinned package: digests of all its files, and the names of those that asked for it."""

    name: str
    version: str
    marker: str = ""
    digests: list[str] = field(default_factory=list)
    asked_by: set[str] = field(default_factory=set)

    @property
    def ref(self) -> str:
        """What stands for it in the bill."""
        return f"pkg:pypi/{self.name}@{self.version}"


def packages(text: str) -> list[Package]:
    """Return the packages of a list of requirements that uv wrote. Raises ValueError for a line it does not know."""
    found: list[Package] = []
    for line in text.splitlines():
        words = line.strip()
        if match := _PIN.match(line):
            found.append(Package(match["name"].lower(), match["version"], (match["marker"] or "").strip()))
        elif words.startswith("--hash=sha256:"):
            found[-1].digests.append(words.removeprefix("--hash=sha256:").removesuffix("\\").strip())
        elif words.startswith("#"):
            found[-1].asked_by |= _asking(words)
        elif words:
            raise ValueError(f"Not a pinned requirement: {words}")
    return found


def _asking(comment: str) -> set[str]:
    """Return who asks, by a comment such as "# via django" or "#   regulars (pyproject.toml)"."""
    words = comment.removeprefix("#").strip().removeprefix("via").strip()
    name = words.partition(" ")[0].partition("[")[0].lower()
    return {name} if name and not name.startswith("-") else set()


def bill(*, requirements: str, vendored: str, version: str) -> dict[str, Any]:
    """Return the bill of what is pinned in a list and copied by a table."""
    pinned = packages(requirements)
    components = [*map(_component, pinned), *_copied(vendored)]
    root = f"pkg:generic/{OURSELVES}@{version}"
    parts: dict[str, Any] = {
        "metadata": {
            "component": {"type": "application", "bom-ref": root, "name": OURSELVES, "version": version, "purl": root,
                          "licenses": [{"license": {"id": "MIT"}}]},
        },
        "components": components,
        "dependencies": _dependencies(root, pinned, components),
    }  # fmt: skip
    serial = uuid5(NAMESPACE_URL, json.dumps(parts, sort_keys=True))
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1, **parts}


def _component(package: Package) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "library", "bom-ref": package.ref, "name": package.name, "version": package.version,
        "purl": package.ref, "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.digests],
    }  # fmt: skip
    if licence := _licence(package.name):
        told["licenses"] = [licence]
    if package.marker:
        told["properties"] = [{"name": f"{OURSELVES}:only-where", "value": package.marker}]
    return told


def _licence(name: str) -> dict[str, Any]:
    """Return the licence that an installed package tells of itself: by an expression, or by its classifiers."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return {}
    if expression := said.get("License-Expression"):
        return {"expression": expression}
    known = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or [] if each.startswith("License ::")]
    if not known and len(said.get("License") or "") < 60:
        known = [said["License"]] if said.get("License") else []
    return {"license": {"name": " and ".join(known)}} if known else {}


def _copied(table: str) -> Iterator[dict[str, Any]]:
    """Yield what is copied into the source by hand, a component for each line of the table."""
    for row in _ROW.finditer(table):
        name = row["linked"] or row["plain"]
        file = f"static/vendor/{row['file']}"
        yield {
            "type": "library", "bom-ref": f"{file}@{row['version']}", "name": name, "version": row["version"],
            "licenses": [{"license": {"id": row["licence"]}}],
            "hashes": [{"alg": "SHA-256", "content": row["digest"]}],
            "properties": [{"name": f"{OURSELVES}:file", "value": file}],
        }  # fmt: skip


def _dependencies(root: str, pinned: list[Package], components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return who needs whom: the application needs what it asks for itself and what is copied into it."""
    copied = [part["bom-ref"] for part in components[len(pinned) :]]
    needs: dict[str, list[str]] = {package.name: [] for package in pinned}
    own = copied
    for package in pinned:
        for name in package.asked_by:
            needs.get(name, own).append(package.ref)
    refs = {package.name: package.ref for package in pinned}
    named = [{"ref": refs[name], "dependsOn": sorted(parts)} for name, parts in sorted(needs.items())]
    return [{"ref": root, "dependsOn": sorted(own)}, *named]


def main(words: list[str]) -> None:
    """Write the bill to a file, or to the standard output."""
    parser = argparse.ArgumentParser(prog="./regulars sbom", description="Writes the software bill of materials.")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: standard output")
    parser.add_argument("--dev", action="store_true", help="with the tools of test and check")
    options = parser.parse_args(words)
    pinned = ROOT / ("requirements-dev.txt" if options.dev else "requirements.txt")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    found = bill(requirements=pinned.read_text(), vendored=VENDORED.read_text(), version=version)
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if options.file:
        options.file.write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
