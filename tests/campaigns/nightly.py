"""The nightly tier, ./regulars test --all: both databases in full, and every campaign longer than its short form.

What holds goes on record (tests/campaigns/proven.json), so that the commit tier can leave a campaign out as long as the
sources that it guards are those of the record. Exits with 1 when anything failed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.campaigns import proven
from tests.laws.tree import ROOT

SERVER = os.environ.get("TEST_DATABASE_URL", "postgres://root@127.0.0.1:5432/regulars")
RESULTS = ROOT / "var/nightly"
DRILL = ("--accounts", "10000", "--entries", "100000")
LONGER = (
    ("crashes", "tests.campaigns.crash_test", "--kills", "20", "--stops", "5"),
    ("races", "tests.campaigns.races", "--rounds", "25", "--twin-rounds", "5"),
    ("races", "tests.campaigns.races", "--http", "--rounds", "4"),
    ("retries", "tests.campaigns.retries", "--requests", "400"),
    ("restore-drill", "tests.campaigns.restore_drill", *DRILL),
    ("restore-drill", "tests.campaigns.restore_drill", *DRILL, "--database", "sqlite"),
    ("time-test", "tests.campaigns.times", "--cases", "250"),
    ("mutants", "tests.oracle.campaign", "--operations", "4000", "--processes", "2"),
)  # fmt: skip
"""Campaign, module and words. With the short forms, which are tests, they take about a third of the tier's hour."""


@dataclass(frozen=True)
class Step:
    """Something that ran, for how long, how it ended, and the campaigns that it tells not to hold."""

    name: str
    seconds: float
    holds: bool
    said: str
    refuted: frozenset[str] = frozenset()


def suite(database: str) -> Step:
    """Run all tests on a database; on the first one, measure what they cover, which takes two thirds more time."""
    results = RESULTS / f"nightly-{database}.xml"
    environment = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    if database == "postgresql":
        environment["TEST_DATABASE_URL"] = SERVER
    begun = time.monotonic()
    command = [
        sys.executable, "-m", "pytest", "--all", "-n", "2", "--dist", "worksteal", "-q", f"--junitxml={results}",
        *(["--cov", "--cov-report="] if database == proven.DATABASES[0] else []),
    ]  # fmt: skip
    code = subprocess.run(command, cwd=ROOT, env=environment).returncode
    passed, failed = counts(results)
    said = f"{sum(passed.values())} passed, {sum(failed.values())} failed"
    return Step(f"tests on {database}", time.monotonic() - begun, code == 0, said, refuted(passed, failed))


def counts(results: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many tests of each file passed and failed, by the file of results that pytest leaves."""
    passed: dict[str, int] = {}
    failed: dict[str, int] = {}
    for case in ElementTree.parse(results).iter("testcase"):  # noqa: S314 - our own file
        ended = {child.tag for child in case} & {"failure", "error", "skipped"}
        if "skipped" not in ended:
            file = file_of(case.get("classname", ""))
            found = failed if ended else passed
            found[file] = found.get(file, 0) + 1
    return passed, failed


def file_of(classname: str) -> str:
    """Return the path of a test's file: pytest writes modules and classes with dots."""
    modules = [part for part in classname.split(".") if not part[:1].isupper()]
    return "/".join(modules) + ".py"


def refuted(passed: dict[str, int], failed: dict[str, int]) -> frozenset[str]:
    """Return the campaigns of which a test failed, or none passed."""
    return frozenset(each.name for each in proven.CAMPAIGNS if failed.get(each.tests) or not passed.get(each.tests))


def coverage() -> Step:
    """Hold the branches that the tests took on the first database against the floors."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "tests.coverage"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return Step("coverage", time.monotonic() - begun, done.returncode == 0, done.stdout.strip().replace("\n", "; "))


def longer() -> Iterator[Step]:
    """Run the campaigns."""
    for name, module, *words in LONGER:
        print(f"\n== {name}: {module} {' '.join(words)}", flush=True)
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", module, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, errors="replace"
        )
        said = done.stdout.strip().rpartition("\n")[2]
        if done.returncode:
            print(done.stdout, flush=True)
        holds = done.returncode == 0
        yield Step(f"{name} {' '.join(words)}", time.monotonic() - begun, holds, said, frozenset() if holds else {name})


def record(suites: dict[str, Step], campaigns: list[Step]) -> None:
    """Note on each database the campaigns that neither its tests nor a longer form refuted."""
    wrong = frozenset(name for step in campaigns for name in step.refuted)
    for database, step in suites.items():
        proven.note({each.name for each in proven.CAMPAIGNS} - step.refuted - wrong, database)


def main() -> int:
    """Run everything, note what holds, say how long it took; return the exit code."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    suites = {database: suite(database) for database in proven.DATABASES}
    covered = coverage()
    campaigns = list(longer())
    record(suites, campaigns)
    steps = [*suites.values(), covered, *campaigns]
    print("\n== The nightly tier")
    for step in steps:
        print(f"{step.seconds / 60:6.1f} min  {'holds ' if step.holds else 'FAILED'}  {step.name}: {step.said}")
    print(f"{sum(step.seconds for step in steps) / 60:6.1f} min in all")
    return 0 if all(step.holds for step in steps) else 1


if __name__ == "__main__":
    sys.exit(main())
