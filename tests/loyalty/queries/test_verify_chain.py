"""Whoever changes a row and mends all figures that hang on it is still found by the chain, and by the seals."""

import pytest
from django.db import connection

from loyalty import guards
from tests.loyalty.queries.planting import Planted, broken, lively, plant, prove_found

pytestmark = pytest.mark.django_db

PLANTED: Planted = {
    "every link is the digest of its posting": [
        "UPDATE loyalty_posting SET booked_at = '2026-01-01 12:00:00' WHERE id = {first_posting}"
    ],
    "links are numbered without a gap": ["DELETE FROM loyalty_chainlink WHERE number = 3"],
    "every posting is in the chain within the hour": [
        "DELETE FROM loyalty_chainlink WHERE posting_id = {last_posting}"
    ],
    "every seal is the link of its number": ["UPDATE loyalty_seal SET number = number - 1"],
}

# Each changes one thing that a posting booked; no other invariant needs to notice.
CHANGES = {
    "the key": "UPDATE loyalty_posting SET key = 'another' WHERE id = {first_posting}",
    "the fingerprint": "UPDATE loyalty_posting SET fingerprint = 'f' WHERE id = {first_posting}",
    "the channel": "UPDATE loyalty_posting SET channel = 'api' WHERE id = {first_posting}",
    "the moment": "UPDATE loyalty_posting SET at = '2026-01-05 12:00:00.000001' WHERE id = {first_posting}",
    "who booked it": "UPDATE loyalty_posting SET staff_id = NULL WHERE id = {first_posting}",
    "the kind of an entry": "UPDATE loyalty_entry SET kind = 'add' WHERE posting_id = {first_posting}",
    "an amount": "UPDATE loyalty_entry SET amount = amount + 1 WHERE posting_id = {first_posting}",
    "what is forgiven": "UPDATE loyalty_entry SET forgiven = 7 WHERE posting_id = {first_posting}",
    "the end of a lot": "UPDATE loyalty_lot SET last_good_day = NULL WHERE id = {lot}",
    "the beginning of a lot": "UPDATE loyalty_lot SET first_good_day = '2026-01-05' WHERE id = {lot}",
    "a lot": "DELETE FROM loyalty_lot WHERE id = {last_lot}",  # it has no uses that would keep it
    "a use of a lot": "DELETE FROM loyalty_lotuse WHERE id = {use}",
}


@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_corruption_is_found_by_name(invariant):
    prove_found(invariant, PLANTED[invariant])


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_a_posting_booked_is_in_the_chain(change):
    books = lively()
    plant([CHANGES[change]], books)
    assert len(broken()["every link is the digest of its posting"]) == 1


def test_the_posting_that_was_changed_is_named_and_no_other():
    books = lively()
    facts = plant([CHANGES["an amount"]], books)
    assert broken()["every link is the digest of its posting"] == (f"posting {facts['first_posting']} (link 1)",)


def test_a_posting_that_vanished_from_the_end_is_missed_by_the_seal():
    books = lively()
    last = [
        "DELETE FROM loyalty_chainlink WHERE posting_id = {last_posting}",
        "DELETE FROM loyalty_lotuse WHERE entry_id IN (SELECT id FROM loyalty_entry WHERE posting_id = {last_posting})",
        "DELETE FROM loyalty_lot WHERE entry_id IN (SELECT id FROM loyalty_entry WHERE posting_id = {last_posting})",
        "DELETE FROM loyalty_entry WHERE posting_id = {last_posting}",
        "DELETE FROM loyalty_posting WHERE id = {last_posting}",
    ]
    plant(last, books)
    assert "every seal is the link of its number" in broken()


def test_words_and_devices_are_not_in_the_chain():
    books = lively()
    plant(["UPDATE loyalty_posting SET reason = 'Mia was kind', device = 'Tablet of Mia'"], books)
    assert broken() == {}


def test_guards_that_are_off_are_found():
    lively()
    assert broken() == {}
    guards.remove(connection)
    assert "trigger guard_loyalty_posting_update" in broken()["written rows are guarded"]
    guards.install(connection)
    assert broken() == {}


def test_a_guard_that_is_switched_off_is_found():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite cannot switch a trigger off without dropping it")
    lively()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE loyalty_entry DISABLE TRIGGER guard_loyalty_entry_update")
    assert broken() == {"written rows are guarded": ("trigger guard_loyalty_entry_update",)}
