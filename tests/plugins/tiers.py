"""Which tests run: those of the commit tier, or with --all those of the nightly tier, on one database or the other.

The commit tier is what every change waits for. On PostgreSQL it asks only what depends on the database. A campaign
(crashes, races, mutants ...) belongs to the nightly tier, which notes a digest of the sources it guards: while they are
as they were proven the commit tier leaves it out, and as soon as one of them differs it runs its short form again.
"""

from pathlib import PurePosixPath

import pytest
from django.conf import settings

from tests.campaigns.proven import CAMPAIGNS, Campaign, unproven

ON_BOTH = (
    "tests/campaigns", "tests/config/test_append_only_attack.py", "tests/config/test_backups.py",
    "tests/loyalty/domain", "tests/loyalty/queries", "tests/loyalty/test_guards.py",
    "tests/loyalty/test_imports_task.py",
    "tests/loyalty/test_lookups.py", "tests/members/domain", "tests/members/queries", "tests/members/test_guards.py",
    "tests/oracle", "tests/plugins", "tests/realdata", "tests/rewards/domain", "tests/rewards/queries",
    "tests/scenarios/test_refunds_booked.py", "tests/upgrades",
)  # fmt: skip
"""What the commit tier runs on PostgreSQL, too: domain, queries, proofs, locks, lookups, imports, backups, upgrades."""

ON_ONE = (
    "tests/laws", "tests/loyalty/domain/test_imports_bombs.py", "tests/loyalty/domain/test_pictures.py",
    "tests/loyalty/engine", "tests/members/engine", "tests/oracle/test_model.py",
)  # fmt: skip
"""What asks no database, or tests the tests: no tier repeats it on PostgreSQL."""


def is_below(path: str, places: tuple[str, ...]) -> bool:
    return any(PurePosixPath(path).is_relative_to(place) for place in places)


def campaign_of(path: str) -> Campaign | None:
    return next((campaign for campaign in CAMPAIGNS if path == campaign.tests), None)


def belongs(path: str, *, nightly: bool, vendor: str, everything: bool, due: frozenset[str]) -> bool:
    """Return whether a test runs: by its file, its mark, the database, the tier, and the campaigns that are due."""
    if vendor == "postgresql" and is_below(path, ON_ONE):
        return False
    if everything:
        return True
    if nightly or (vendor == "postgresql" and not is_below(path, ON_BOTH)):
        return False
    campaign = campaign_of(path)
    return campaign is None or campaign.name in due


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the nightly tier: everything, in full")
    parser.addoption(
        "--values", type=int, metavar="N", help="fuzz each place with N values; 0: with all, as everyone (hours)"
    )


def is_nightly(config: pytest.Config) -> bool:
    return bool(config.getoption("--all"))


def vendor() -> str:
    return "sqlite" if "sqlite" in settings.DATABASES["default"]["ENGINE"] else "postgresql"


def pytest_report_header(config: pytest.Config) -> str:
    if is_nightly(config):
        return "tier: nightly, everything"
    due = ", ".join(sorted(unproven(vendor()))) or "none"
    return f"tier: commit; campaigns whose sources have changed since they were proven: {due}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    due = unproven(vendor())
    kept, left = [], []
    for item in items:
        chosen = belongs(
            item.nodeid.partition("::")[0],
            nightly=item.get_closest_marker("nightly") is not None,
            vendor=vendor(),
            everything=is_nightly(config),
            due=due,
        )
        (kept if chosen else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept
