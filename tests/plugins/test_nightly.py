"""What the nightly tier reads off its results, and puts on record."""

from pathlib import Path

import pytest

from tests.campaigns import nightly
from tests.campaigns.nightly import Step, counts, file_of, record, refuted
from tests.campaigns.proven import CAMPAIGNS

ALL = {each.tests: 1 for each in CAMPAIGNS}
NAMES = {each.name for each in CAMPAIGNS}
RESULTS = """<testsuites><testsuite>
<testcase classname="tests.loyalty.test_a" name="one"/>
<testcase classname="tests.loyalty.test_a.TestIt" name="two"/>
<testcase classname="tests.loyalty.test_b" name="three"><failure/></testcase>
<testcase classname="tests.loyalty.test_b" name="four"><error/></testcase>
<testcase classname="tests.loyalty.test_b" name="five"><skipped/></testcase>
</testsuite></testsuites>"""


def test_passed_and_failed_are_counted_by_file(tmp_path: Path) -> None:
    (tmp_path / "results.xml").write_text(RESULTS)
    assert counts(tmp_path / "results.xml") == ({"tests/loyalty/test_a.py": 2}, {"tests/loyalty/test_b.py": 2})


@pytest.mark.parametrize("name", ["tests.oracle.test_mutants", "tests.oracle.test_mutants.TestIt"])
def test_the_file_of_a_test_is_found(name: str) -> None:
    assert file_of(name) == "tests/oracle/test_mutants.py"


def test_campaigns_that_passed_are_not_refuted() -> None:
    assert refuted(ALL, {}) == frozenset()


def test_a_campaign_of_which_a_test_failed_is_refuted() -> None:
    assert refuted(ALL, {"tests/oracle/test_mutants.py": 1}) == {"mutants"}


def test_a_campaign_of_which_no_test_ran_is_refuted() -> None:
    assert refuted({path: 1 for path in ALL if "races" not in path}, {}) == {"races"}


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    monkeypatch.setattr(nightly.proven, "note", lambda names, database: found.update({database: set(names)}))
    return found


def step(*refuted: str) -> Step:
    return Step("it", 1.0, not refuted, "", frozenset(refuted))


def test_what_holds_is_noted_for_each_database(noted: dict[str, set[str]]) -> None:
    record({"sqlite": step(), "postgresql": step("races")}, [step()])
    assert noted == {"sqlite": NAMES, "postgresql": NAMES - {"races"}}


def test_a_longer_form_that_fails_refutes_on_both(noted: dict[str, set[str]]) -> None:
    record({"sqlite": step(), "postgresql": step()}, [step("crashes")])
    assert noted == {"sqlite": NAMES - {"crashes"}, "postgresql": NAMES - {"crashes"}}
