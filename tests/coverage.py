"""Holds the share of branches that tests take, app by app, against the floors on record: it may rise, and not fall.

python -m tests.coverage           compare what was measured with the floors; exit 1 where an app is below
python -m tests.coverage --raise   put the floors where the measurement stands
"""

import json
import math
import sys
from pathlib import Path

from coverage import Coverage

from tests.laws.tree import APPS, ROOT

RECORD = ROOT / "tests/coverage.json"
"""Floors in percent of branches, with one decimal: below that a share hangs on how threads happen to meet."""


def shares(report: dict[str, dict[str, dict[str, dict[str, int]]]]) -> dict[str, float]:
    """Return what percentage of its branches each app's tests took, from coverage's own report in JSON."""
    taken, there = dict.fromkeys(APPS, 0), dict.fromkeys(APPS, 0)
    for file, found in report["files"].items():
        app = Path(file).parts[0]
        taken[app] += found["summary"]["covered_branches"]
        there[app] += found["summary"]["num_branches"]
    return {app: math.floor(1000 * taken[app] / there[app]) / 10 for app in APPS if there[app]}


def measured() -> dict[str, float]:
    """Return the shares of the run that was measured last."""
    found = Coverage(config_file=str(ROOT / "pyproject.toml"))
    found.load()
    file = ROOT / "var/nightly/coverage.json"
    found.json_report(outfile=str(file))
    return shares(json.loads(file.read_text()))


def below(found: dict[str, float], floors: dict[str, float]) -> list[str]:
    """Return a line for each app whose share is below its floor."""
    return [
        f"{app}: {found.get(app, 0.0)} % of its branches are taken by tests, its floor is {floor} %"
        for app, floor in floors.items()
        if found.get(app, 0.0) < floor
    ]


def main(words: list[str]) -> int:
    """Compare, or raise the floors; return the exit code."""
    found, floors = measured(), json.loads(RECORD.read_text())
    print("branches taken by tests: " + ", ".join(f"{app} {share} %" for app, share in found.items()))
    if faults := below(found, floors):
        print("\n".join(faults))
        return 1
    if "--raise" in words:
        RECORD.write_text(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
