"""What belongs to which tier, and when a campaign is due again."""

from pathlib import Path

import pytest

from tests.campaigns import proven
from tests.campaigns.proven import CAMPAIGNS, Campaign
from tests.laws.tree import ROOT
from tests.plugins.tiers import ON_BOTH, ON_ONE, belongs

PLAIN, LEDGER = "tests/members/views/portal/test_join.py", "tests/loyalty/domain/test_ledger.py"
CRASHES = "tests/campaigns/test_crashes.py"


def runs(path: str, *, nightly: bool = False, vendor: str = "sqlite", everything: bool = False, due: str = "") -> bool:
    return belongs(path, nightly=nightly, vendor=vendor, everything=everything, due=frozenset(due.split()))


class TestCommitTier:
    @pytest.mark.parametrize(("path", "vendor"), [(PLAIN, "sqlite"), (LEDGER, "sqlite"), (LEDGER, "postgresql")])
    def test_it_asks_sqlite_everything_and_postgresql_what_hangs_on_it(self, path, vendor):
        assert runs(path, vendor=vendor)

    def test_it_does_not_ask_postgresql_about_pages(self):
        assert not runs(PLAIN, vendor="postgresql")

    def test_it_leaves_out_what_is_nightly(self):
        assert not runs(LEDGER, nightly=True)

    def test_it_leaves_out_a_campaign_that_is_proven(self):
        assert not runs(CRASHES)

    def test_it_runs_a_campaign_that_is_due(self):
        assert runs(CRASHES, due="crashes")


class TestNightlyTier:
    @pytest.mark.parametrize("path", [PLAIN, LEDGER, CRASHES])
    @pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
    def test_it_asks_both_everything(self, path, vendor):
        assert runs(path, vendor=vendor, everything=True, nightly=True)

    def test_what_asks_no_database_is_not_repeated(self):
        assert not runs("tests/laws/test_size.py", vendor="postgresql", everything=True)


@pytest.mark.parametrize(
    "path", [*ON_BOTH, *ON_ONE, *(place for each in CAMPAIGNS for place in (each.tests, *each.guards))]
)
def test_each_place_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with one campaign that guards a folder and a file."""
    for file in ("tests/test_it.py", "ledger/book.py", "locks.py", "other.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("pass\n")
    (tmp_path / "record.json").write_text("{}")
    campaign = Campaign("it", "tests/test_it.py", ("ledger", "locks.py"))
    monkeypatch.setattr(proven, "CAMPAIGNS", (campaign,))
    monkeypatch.setattr(proven, "RECORD", tmp_path / "record.json")
    monkeypatch.setattr(Campaign.digest, "__defaults__", (tmp_path,))
    return tmp_path


class TestRecord:
    def test_a_campaign_is_due_until_it_was_proven(self, tree: Path):
        assert proven.unproven("sqlite") == {"it"}

    def test_once_proven_it_is_not_due(self, tree: Path):
        proven.note({"it"}, "sqlite")
        assert proven.unproven("sqlite") == frozenset()

    def test_each_database_is_proven_for_itself(self, tree: Path):
        proven.note({"it"}, "sqlite")
        assert proven.unproven("postgresql") == {"it"}

    @pytest.mark.parametrize("file", ["tests/test_it.py", "ledger/book.py", "ledger/new.py", "locks.py"])
    def test_it_is_due_again_when_a_source_changes(self, tree: Path, file: str):
        proven.note({"it"}, "sqlite")
        (tree / file).write_text("changed\n")
        assert proven.unproven("sqlite") == {"it"}

    def test_it_is_not_due_for_what_it_does_not_guard(self, tree: Path):
        proven.note({"it"}, "sqlite")
        (tree / "other.py").write_text("changed\n")
        assert proven.unproven("sqlite") == frozenset()

    def test_a_file_that_is_gone_makes_it_due(self, tree: Path):
        proven.note({"it"}, "sqlite")
        (tree / "ledger/book.py").unlink()
        assert proven.unproven("sqlite") == {"it"}
