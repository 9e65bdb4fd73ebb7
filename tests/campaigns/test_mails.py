"""./regulars mail-test on the database of the test run, and its twin that sends mails in the request."""

import re

from django.db import connection

from tests.campaigns.running import last_line, run


def server() -> list[str]:
    return [] if connection.vendor == "postgresql" else ["--database", "sqlite"]


def test_no_page_waits_for_the_mail_server_and_everybody_is_told() -> None:
    said = last_line("mails", "--seed", "5", *server())
    assert re.fullmatch(
        rf"mail-test: {connection.vendor}, /health/ .* 20 log-ins answered within .*, 0 faults; seed 5", said
    )


def test_with_mails_in_the_request_a_slow_mail_server_holds_the_tills() -> None:
    done = run("mails", "--seed", "5", "--in-request", *server())
    assert done.returncode == 1
    assert re.search(r"FAIL (till|/health/) was once answered after [0-9.]+ s", done.stdout)
    assert re.search(r"FAIL slow: a log-in was answered after [0-9.]+ s", done.stdout)
