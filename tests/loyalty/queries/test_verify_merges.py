"""verify_ledger finds what was lost between two merged accounts, or booked on a closed one, by the invariant's name."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from loyalty import guards
from loyalty.domain import accounts, merging
from loyalty.domain.accounts import open_account
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books, open_books

pytestmark = pytest.mark.django_db

ARRIVES, STANDS, EMPTY, CLOSED = (
    "what leaves one account arrives in another",
    "an account is merged while its merge stands",
    "a merged account is empty",
    "nothing new is booked on a closed account",
)
MOVED = "(SELECT MIN(id) FROM loyalty_lot WHERE moved_from_id IS NOT NULL)"
PLANTED = {
    ARRIVES: [
        f"UPDATE loyalty_lot SET amount = amount + 1, remaining = remaining + 1 WHERE id = {MOVED}",
        f"UPDATE loyalty_lot SET last_good_day = '2029-01-01' WHERE id = {MOVED}",
        f"UPDATE loyalty_lot SET first_good_day = '2025-01-01' WHERE id = {MOVED}",
        f"UPDATE loyalty_lot SET moved_from_id = NULL WHERE id = {MOVED}",
        "UPDATE loyalty_entry SET owed_change = owed_change - 1 WHERE kind = 'move_in' AND owed_change > 0",
    ],
    STANDS: [
        "UPDATE loyalty_account SET merged_into_id = NULL",
        "UPDATE loyalty_accountmerge SET undone_at = merged_at",
        "UPDATE loyalty_account SET merged_into_id = {third} WHERE merged_into_id IS NOT NULL",
    ],
    EMPTY: [
        "UPDATE loyalty_balance SET owed = 1 WHERE account_id = {source}",
        "UPDATE loyalty_lot SET account_id = {source} WHERE id = {open_lot}",
    ],
    CLOSED: ["UPDATE loyalty_posting SET kind = 'gift' WHERE kind = 'undo'"],
}


def merged() -> Books:
    """The books of the old card of two that were merged, parted, and merged once more."""
    old = open_books()
    new = replace(old, account=open_account(business=old.role.business, at=START))
    bought = old.buy(10000)
    old.give(40, last_good_day=date(2026, 2, 1))
    new.give(30, last_good_day=date(2026, 3, 1))
    first = merging.merge(source=old.account, target=new.account, key="m1", by=old.by, at=START)
    merging.undo(merge=first, by=old.by, at=START)
    merging.merge(source=old.account, target=new.account, key="m2", by=old.by, at=START)
    new.spend(120)
    old.refund(bought, 10000)
    new.give(200)
    old.expire(START + timedelta(days=40))
    left = replace(old, account=open_account(business=old.role.business, at=START))
    left.give(10)
    spent = left.spend(10)
    accounts.close(account=left.account, by=left.by, at=START)
    left.undo(spent)
    return old


def broken() -> set[str]:
    return {finding.invariant for finding in verify() if finding.faults}


def test_sound_merged_books_have_no_fault():
    merged()
    assert broken() == set()


@pytest.mark.parametrize(("invariant", "statement"), [(name, sql) for name, each in PLANTED.items() for sql in each])
def test_a_planted_corruption_is_found_by_name(invariant, statement):
    books = merged()
    third = open_account(business=books.role.business, at=START)
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(id) FROM loyalty_lot WHERE remaining > 0")
        places = {"third": third.pk, "source": books.account.pk, "open_lot": cursor.fetchone()[0]}
        cursor.execute(statement.format(**places))
    assert invariant in broken()
