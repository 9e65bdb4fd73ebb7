"""What the nightly tier has proven of which sources: a digest for each campaign and database, kept beside the code."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.laws.tree import ROOT

RECORD = ROOT / "tests/campaigns/proven.json"
DATABASES = ("sqlite", "postgresql")
LEDGER = (
    "loyalty/domain/ledger", "loyalty/domain/locks.py", "loyalty/domain/refunds.py", "loyalty/domain/sales.py",
    "loyalty/engine/lots.py", "loyalty/engine/policies.py", "loyalty/models/ledger.py", "loyalty/models/sales.py",
    "rewards/domain",
)  # fmt: skip
HARNESS = ("tests/campaigns/server.py", "tests/campaigns/stand.py", "tests/campaigns/running.py")


@dataclass(frozen=True)
class Campaign:
    """A file of tests that belongs to the nightly tier, and what they guard: files and folders of the tree."""

    name: str
    tests: str
    guards: tuple[str, ...]

    def files(self, root: Path = ROOT) -> Iterator[Path]:
        """Yield every file that the campaign's outcome hangs on, itself among them."""
        for place in (self.tests, *self.guards):
            path = root / place
            yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]

    def digest(self, root: Path = ROOT) -> str:
        """Return a digest of the names and contents of those files."""
        found = sha256()
        for file in sorted(set(self.files(root))):
            found.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
        return found.hexdigest()[:16]


CAMPAIGNS = (
    Campaign("crashes", "tests/campaigns/test_crashes.py", (
        *LEDGER, *HARNESS, "config/sqlite3", "loyalty/domain/imports", "loyalty/domain/expiry.py",
        "loyalty/domain/outbox.py", "loyalty/domain/jobs.py", "loyalty/tasks.py", "loyalty/management",
        "tests/campaigns/crash_test.py", "tests/campaigns/crash_kills.py", "tests/campaigns/crash_stops.py",
        "tests/campaigns/crash_disk.py", "tests/campaigns/crash_jobs.py", "tests/campaigns/crash_child.py",
    )),
    Campaign("races", "tests/campaigns/test_races.py", (
        *LEDGER, *HARNESS, "config/sqlite3", "loyalty/domain/merging.py", "loyalty/domain/expiry.py",
        "tests/campaigns/races.py", "tests/campaigns/race_http.py", "tests/campaigns/race_scenarios.py",
    )),
    Campaign("retries", "tests/campaigns/test_retries.py", (
        *LEDGER, *HARNESS, "members/domain/counter.py", "members/views/counter", "tests/campaigns/retries.py",
    )),
    Campaign("restore-drill", "tests/campaigns/test_restore_drill.py", (
        "config/backups", "config/management/commands/backup.py", "config/management/commands/restore.py",
        "loyalty/queries/verify", "tests/campaigns/restore_drill.py", "tests/campaigns/stand.py",
    )),
    Campaign("time-test", "tests/campaigns/test_times.py", (
        "loyalty/engine/days.py", "loyalty/engine/lots.py", "loyalty/engine/policies.py", "loyalty/domain/expiry.py",
        "loyalty/domain/ledger", "loyalty/domain/sales.py", "tests/campaigns/times.py",
        "tests/campaigns/calendar_oracle.py",
    )),
    Campaign("mail-test", "tests/campaigns/test_mails.py", (
        *HARNESS, "config/accounts.py", "config/letters.py", "loyalty/codes_sent.py", "loyalty/domain/outbox.py",
        "loyalty/management", "loyalty/models/outbox.py", "loyalty/queries/messages.py", "loyalty/senders",
        "loyalty/tasks.py", "loyalty/views/codes.py", "tests/campaigns/clients.py", "tests/campaigns/mails.py",
        "tests/campaigns/settings.py", "tests/smtp.py",
    )),
    Campaign("killed-import", "tests/realdata/test_killed_worker.py", (
        *LEDGER, "loyalty/domain/imports", "loyalty/domain/jobs.py", "loyalty/tasks.py", "loyalty/management",
        "tests/realdata/owner.py", "tests/realdata/data.py",
    )),
    Campaign("bombs", "tests/campaigns/test_bombs.py", (
        *HARNESS, "config/uploads.py", "loyalty/engine/bounded.py", "loyalty/engine/imports",
        "loyalty/domain/children.py", "loyalty/domain/imports/reading.py",
        "loyalty/domain/imports/check.py", "loyalty/domain/imports/batches.py", "loyalty/forms/imports.py",
        "loyalty/views/imports.py", "loyalty/tasks.py", "loyalty/management", "tests/campaigns/bombs.py",
        "tests/bombs.py",
    )),
    Campaign("mutants", "tests/oracle/test_mutants.py", (
        *LEDGER, "loyalty/engine", "loyalty/domain/merging.py", "loyalty/domain/moving.py", "loyalty/domain/expiry.py",
        "tests/oracle",
    )),
)  # fmt: skip


def read() -> dict[str, dict[str, str]]:
    """Return what is on record: campaign, database, digest."""
    return json.loads(RECORD.read_text())


def unproven(database: str) -> frozenset[str]:
    """Return the names of the campaigns that were not proven on a database for the sources as they are."""
    record = read()
    return frozenset(each.name for each in CAMPAIGNS if record.get(each.name, {}).get(database) != each.digest())


def note(names: set[str], database: str) -> None:
    """Put on record that these campaigns hold on a database for the sources as they are."""
    record = read()
    for each in CAMPAIGNS:
        if each.name in names:
            record.setdefault(each.name, {})[database] = each.digest()
    RECORD.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
