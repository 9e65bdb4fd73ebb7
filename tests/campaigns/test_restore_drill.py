"""The short form of ./regulars restore-drill, on the database of the test run."""

import re

from django.db import connection

from tests.campaigns.running import last_line


def test_a_restored_installation_goes_on() -> None:
    server = [] if connection.vendor == "postgresql" else ["--database", "sqlite"]
    said = last_line("restore_drill", "--accounts", "200", "--entries", "1000", "--seed", "3", *server)
    assert re.fullmatch(
        rf"restore-drill: {connection.vendor}, 202 accounts, 1000 entries: build \S+ s, back up \S+ s, restore \S+ s, "
        r"verify \S+ s, go on booking \S+ s; seed 3",
        said,
    )
