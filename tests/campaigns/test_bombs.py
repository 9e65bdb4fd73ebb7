"""Eight bombs at once over a real server and worker: the till goes on selling."""

import re

from django.db import connection

from tests.campaigns.running import last_line


def test_eight_bombs_at_once_leave_the_till_its_server() -> None:
    server = [] if connection.vendor == "postgresql" else ["--database", "sqlite"]
    assert re.match(r"bombs: 0 faults;", last_line("bombs", "--seed", "4", *server))
