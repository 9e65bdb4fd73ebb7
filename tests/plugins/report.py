"""What a run says at its end: the slowest files, how long its tier took, and what it left out and why."""

import time
from collections import Counter
from collections.abc import Iterable

import pytest
from _pytest.terminal import TerminalReporter

from tests.browser import NO_BROWSER
from tests.fuzz import tally
from tests.plugins.tiers import is_nightly, vendor

SHOWN = 10
FUZZED = "fuzzed"
"""The property under which a test tells what it has sent (tests/fuzz/tally.py)."""
BEGUN = pytest.StashKey[float]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[BEGUN] = time.monotonic()


def slowest(reports: Iterable[pytest.TestReport]) -> list[tuple[str, float, int]]:
    """Return the files that took longest: path, seconds of set-up, tests and tear-down, number of tests."""
    seconds: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for report in reports:
        path = report.nodeid.partition("::")[0]
        seconds[path] += report.duration
        tests[path] += report.when == "call"
    return [(path, spent, tests[path]) for path, spent in seconds.most_common(SHOWN)]


def timed(reporter: TerminalReporter) -> list[pytest.TestReport]:
    found = (report for reports in reporter.stats.values() for report in reports)
    return [report for report in found if isinstance(report, pytest.TestReport)]


def is_fuzzed(report: pytest.TestReport) -> bool:
    return report.when == "teardown" and any(name == FUZZED for name, _value in report.user_properties)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    missed = [report for report in terminalreporter.getreports("skipped") if NO_BROWSER in str(report.longrepr)]
    if missed:
        terminalreporter.section("browser tests did not run", yellow=True)
        terminalreporter.line(f"{len(missed)} tests were left out. {NO_BROWSER}")
    reports = timed(terminalreporter)
    if sent := [dict(report.user_properties)[FUZZED] for report in reports if is_fuzzed(report)]:
        seed = f" Seed {config.getoption('randomly_seed', 1)}." if is_nightly(config) else ""
        terminalreporter.line(tally.in_words(tally.together(sent)) + seed)
    if len({report.nodeid for report in reports}) < 2 * SHOWN:
        return
    terminalreporter.section("slowest files")
    for path, seconds, tests in slowest(reports):
        terminalreporter.line(f"{seconds:7.1f} s {tests:5d} tests  {path}")
    tier = "nightly" if is_nightly(config) else "commit"
    minutes = (time.monotonic() - config.stash[BEGUN]) / 60
    terminalreporter.line(f"The {tier} tier took {minutes:.1f} minutes on {vendor()}.")
