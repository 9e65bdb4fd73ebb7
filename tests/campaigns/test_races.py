"""The short form of ./regulars races, and what its tallies count as proof."""

import pytest
from django.db import connection

from tests.campaigns import race_http
from tests.campaigns.clients import Answer
from tests.campaigns.races import Guard, Tally
from tests.campaigns.running import last_line


@pytest.mark.race
def test_twenty_at_once_never_overspend_and_without_guards_always_do() -> None:
    assert last_line("races", "--rounds", "2", "--twin-rounds", "1", "--seed", "7") == (
        "races: 16 rounds, 0 overspent, 0 deadlocks, 0 raw errors; without guards 8 of 8 overspent; seed 7"
    )


def test_over_http_one_of_twenty_succeeds_and_the_rest_are_refused_cleanly() -> None:
    server = [] if connection.vendor == "postgresql" else ["--database", "sqlite"]
    said = last_line("races", "--http", "--rounds", "1", "--seed", "7", *server)
    assert said.startswith(f"races over HTTP: {connection.vendor}, 8 rounds, 160 requests, 0 answered 500, ")
    assert said.endswith(" 0 faults; seed 7")


@pytest.mark.parametrize("wrong", ["overspent", "broken", "unsettled", "drifted"])
def test_one_wrong_round_of_a_thousand_is_a_failure(wrong: str) -> None:
    assert Tally("s", Guard.ALL, rounds=1000).holds
    assert not Tally("s", Guard.ALL, rounds=1000, **{wrong: 1}).holds


@pytest.mark.parametrize(("guard", "seen"), [(Guard.NONE, "overspent"), (Guard.CONSTRAINTS, "unsettled")])
def test_a_race_without_guards_must_be_seen_in_95_of_100_rounds(guard: Guard, seen: str) -> None:
    assert Tally("s", guard, rounds=100, **{seen: 95}).holds
    assert not Tally("s", guard, rounds=100, **{seen: 94}).holds


ONE, NOT_ENOUGH = Answer(302, "/luna/my/vouchers/1/", b""), Answer(422, "", b"")


@pytest.mark.parametrize(
    ("answers", "number"),
    [
        ([ONE, Answer(302, "/luna/my/vouchers/2/", b""), *[NOT_ENOUGH] * 18], 1),
        ([ONE, Answer(500, "", b""), *[NOT_ENOUGH] * 18], 1),
        ([NOT_ENOUGH] * 20, 0),
        ([ONE, *[NOT_ENOUGH] * 19], 2),
    ],
)
def test_two_successes_a_broken_page_none_or_two_rows_are_a_fault(answers: list[Answer], number: int) -> None:
    sound, faulty = race_http.Tally("wallet-at-tills"), race_http.Tally("wallet-at-tills")
    race_http.judge(sound, [ONE, *[NOT_ENOUGH] * 19], 1)
    race_http.judge(faulty, answers, number)
    assert (len(sound.faults), len(faulty.faults)) == (0, 1)
