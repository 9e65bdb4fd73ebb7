"""Corruptions of lots, of the order of spending and of cached balances: each is found by the name of its invariant."""

import pytest

from tests.loyalty.queries.planting import Planted, prove_found

pytestmark = pytest.mark.django_db

PLANTED: Planted = {
    "a lot is as large as its award": ["UPDATE loyalty_lot SET amount = amount + 1 WHERE id = {lot}"],
    "every award has a lot": ["UPDATE loyalty_entry SET kind = 'award', amount = 5 WHERE kind = 'take_back'"],
    "what remains of a lot is its amount less its uses": [
        "UPDATE loyalty_lot SET remaining = remaining - 1 WHERE id = {open_lot}"
    ],
    "a lot never holds less than nothing or more than its amount": [
        "UPDATE loyalty_lotuse SET amount = amount + 1000 WHERE id = {use}"
    ],
    "what an entry moves is what its lots gave": ["UPDATE loyalty_lotuse SET amount = amount + 1 WHERE id = {use}"],
    "a lot is used in its own account and unit only": [
        "UPDATE loyalty_lot SET account_id = {other} WHERE id = (SELECT lot_id FROM loyalty_lotuse WHERE id = {use})"
    ],
    "no lot is used before it was earned": ["UPDATE loyalty_lotuse SET lot_id = {last_lot} WHERE id = {use}"],
    "what expires is all that was left": [
        "UPDATE loyalty_lotuse SET amount = amount - 1 WHERE entry_id IN"
        " (SELECT id FROM loyalty_entry WHERE kind = 'expire')"
    ],
    "no lot is spent after its last good day": [
        "UPDATE loyalty_lot SET last_good_day = '2026-01-04' WHERE id IN"
        " (SELECT lot_id FROM loyalty_lotuse WHERE entry_id = {spend})"
    ],
    "no lot is spent before its first good day": [
        "UPDATE loyalty_lot SET first_good_day = '2026-01-06' WHERE id IN"
        " (SELECT lot_id FROM loyalty_lotuse WHERE entry_id = {spend})"
    ],
    "no lot expires before its last good day is over": [
        "UPDATE loyalty_lot SET last_good_day = '2026-12-31' WHERE id IN (SELECT u.lot_id FROM loyalty_lotuse u"
        " JOIN loyalty_entry e ON e.id = u.entry_id WHERE e.kind = 'expire')"
    ],
    "what expires first is spent first": [
        "UPDATE loyalty_lot SET last_good_day = '2026-01-20' WHERE id = {second_lot}"
    ],
    "the balance is the sum of the entries": ["UPDATE loyalty_balance SET amount = amount + 1"],
    "the balance is the sum of the open lots": ["UPDATE loyalty_balance SET amount = amount + 1"],
    "what is owed is the sum of the entries": ["UPDATE loyalty_balance SET owed = owed + 1"],
    "the totals are the sums of the entries": ["UPDATE loyalty_balance SET spent_total = spent_total + 1"],
    "the last activity is that of the entries": ["UPDATE loyalty_balance SET last_activity_at = '2026-01-01 12:00:00'"],
    "everything issued is spent, expired, removed or outstanding": ["UPDATE loyalty_balance SET amount = amount + 1"],
    "month by month, lots change by what the entries say": [
        "UPDATE loyalty_lot SET at = '2026-03-01 12:00:00' WHERE id = {lot}"
    ],
}


@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_corruption_is_found_by_name(invariant):
    prove_found(invariant, PLANTED[invariant])
