"""verify_ledger finds nothing in sound books, and says what it looked at and what it found in others.

The corruptions that each invariant must find are in test_verify_postings, _lots, _sales and _chain.
"""

from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from loyalty.queries.verify import INVARIANTS, invariants, verify
from loyalty.queries.verify.rows import Scope
from tests.loyalty.queries import (
    test_verify_chain,
    test_verify_lots,
    test_verify_merges,
    test_verify_policies,
    test_verify_postings,
    test_verify_sales,
)
from tests.loyalty.queries.planting import NOW, broken, lively, plant
from tests.rewards.queries import test_verify as test_verify_rewards

pytestmark = pytest.mark.django_db

TOPICS = [
    test_verify_postings, test_verify_lots, test_verify_sales, test_verify_merges, test_verify_chain,
    test_verify_policies, test_verify_rewards,
]  # fmt: skip
OWED = "what is owed is the sum of the entries"


def command(**options: object) -> str:
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("verify_ledger", stdout=out, **options)
    return out.getvalue()


def test_sound_books_have_no_fault():
    lively()
    assert broken() == {}
    assert f"All {len(invariants())} invariants hold." in command()


def test_every_invariant_has_a_planted_corruption():
    planted = [name for topic in TOPICS for name in topic.PLANTED]
    # The guards are not rows: test_verify_chain switches them off.
    assert sorted([*planted, "written rows are guarded"]) == sorted(each.name for each in invariants())


def test_at_least_twenty_corruptions_are_planted_in_the_ledger():
    assert len(INVARIANTS) >= 20


def test_it_says_how_many_rows_it_looked_at():
    lively()
    checked = {finding.invariant: (finding.rows, finding.checked) for finding in verify()}
    assert checked["no key books twice"] == ("postings", 9)
    assert checked["numbers of entries have no gap"] == ("entries", 10)
    assert checked["the balance is the sum of the entries"] == ("balances", 1)


def test_a_fault_is_named_and_ends_the_command_with_one():
    books = lively()
    plant(test_verify_lots.PLANTED[OWED], books)
    with pytest.raises(CommandError) as failure:
        command()
    assert (failure.value.returncode, str(failure.value)) == (1, f"1 of {len(invariants())} invariants do not hold.")
    assert broken() == {OWED: (f"account {books.account.pk}, unit {books.unit.pk}",)}


def test_only_the_business_that_is_asked_for_is_checked():
    books = lively()
    plant(test_verify_lots.PLANTED[OWED], books)
    assert [finding.invariant for finding in verify(books.role.business) if finding.number] == [OWED]
    with pytest.raises(CommandError) as failure:
        command(business="nobody")
    assert failure.value.returncode == 2


def test_a_posting_is_late_only_by_the_clock_it_is_asked_with():
    books = lively()
    books.buy(500)
    assert [finding for finding in verify() if finding.number] == []
    assert set(broken()) == {"every posting is in the chain within the hour"}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans nothing for a first row")
def test_what_is_read_piece_by_piece_is_planned_for_all_rows():
    assert list(Scope().ask("SELECT current_setting('cursor_tuple_fraction')")) == [("1",)]
