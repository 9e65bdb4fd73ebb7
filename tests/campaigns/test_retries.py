"""The short form of ./regulars retries, on the database of the test run, and its twin without keys."""

import re

from django.db import connection

from tests.campaigns.running import last_line, run

WORDS = ("--requests", "36", "--seed", "5")


def server() -> list[str]:
    return [] if connection.vendor == "postgresql" else ["--database", "sqlite"]


def test_what_is_sent_again_is_booked_once_and_answered_alike() -> None:
    said = last_line("retries", *WORDS, *server())
    assert re.fullmatch(
        rf"retries: {connection.vendor}, 36 requests sent \d+ times, \d+ answers lost, 0 faults; seed 5", said
    )


def test_without_keys_it_is_booked_as_often_as_it_is_sent() -> None:
    done = run("retries", *WORDS, "--fresh-keys", *server())
    assert done.returncode == 1
    assert re.search(r"FAIL sales: \d+ rows for \d+ requests", done.stdout)
