"""Corruptions of postings, entries and reversals: each is found by the name of its invariant."""

import pytest

from tests.loyalty.queries.planting import Planted, prove_found

pytestmark = pytest.mark.django_db

PLANTED: Planted = {
    "every posting has an entry": [
        "INSERT INTO loyalty_posting (public_id, business_id, account_id, key, fingerprint, kind, channel, reason,"
        " device, at, booked_at) SELECT {uuid}, business_id, account_id, 'planted', '', 'gift', 'system', '', '', at,"
        " booked_at FROM loyalty_posting WHERE id = {first_posting}"
    ],
    "no key books twice": [
        "SHADOW loyalty_posting",
        "UPDATE loyalty_posting SET key = (SELECT o.key FROM loyalty_posting o WHERE o.id = {first_posting})"
        " WHERE id = {last_posting}",
    ],
    "what a posting names is of its business": [
        "SHADOW loyalty_sale",
        "UPDATE loyalty_sale SET business_id = business_id + 1",
    ],
    "what staff booked says who": ["UPDATE loyalty_posting SET staff_id = NULL WHERE channel = 'counter'"],
    "an entry is of its posting's account and business": [
        "UPDATE loyalty_posting SET account_id = {other} WHERE id = {first_posting}"
    ],
    "the sign of an entry fits its kind": [
        "SHADOW loyalty_entry",
        "UPDATE loyalty_entry SET kind = 'spend' WHERE id = {award}",
    ],
    "every amount is a safe whole number": [
        "UPDATE loyalty_entry SET balance_after = 9007199254740992 WHERE id = {last_entry}"
    ],
    "an award is what its explanation says": [
        'UPDATE loyalty_entry SET why = \'{{"amount": 1, "parts": []}}\' WHERE id = {award}'
    ],
    "numbers of entries have no gap": ["UPDATE loyalty_entry SET seq = 99 WHERE id = {last_entry}"],
    "the running balance is the sum of the entries": [
        "UPDATE loyalty_entry SET balance_after = balance_after + 1 WHERE id = {last_entry}"
    ],
    "what is owed never falls below nothing": [
        "UPDATE loyalty_entry SET owed_change = -1 WHERE id = {award}",
    ],
    "no posting is undone twice": [
        "DROP INDEX posting_undone_once",
        "UPDATE loyalty_posting SET kind = 'undo', reverses_id = {undone} WHERE kind = 'refund'",
    ],
    "no reversal is reversed": [
        "UPDATE loyalty_posting SET reverses_id = (SELECT o.id FROM loyalty_posting o WHERE o.kind = 'undo')"
        " WHERE kind = 'refund'"
    ],
    "reversals never exceed what they reverse": [
        "UPDATE loyalty_entry SET owed_change = owed_change + 500 WHERE kind = 'take_back'"
    ],
    "what is given again is what ran out": [
        "UPDATE loyalty_posting SET kind = 'reinstate' WHERE id = (SELECT MAX(id) FROM loyalty_posting"
        " WHERE kind = 'expiry')"
    ],
    "what is given back goes to the lots it came from": [
        "UPDATE loyalty_lotuse SET lot_id = {last_lot} WHERE amount < 0"
    ],
}


@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_corruption_is_found_by_name(invariant):
    prove_found(invariant, PLANTED[invariant])
