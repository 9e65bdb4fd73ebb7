"""Corruptions of what was announced about expiry: each is found by the name of its invariant."""

import pytest

from loyalty import guards
from tests.loyalty.books import open_books
from tests.loyalty.domain.test_policies import QUIET, go_live
from tests.loyalty.queries.planting import broken, connection
from tests.world import make_user, open_shop

pytestmark = pytest.mark.django_db

KEPT = "what holds of an expiry is what was announced"
OWN = "what is announced is of its own business"
PLANTED = {
    KEPT: [
        "UPDATE loyalty_unit SET steps_kept = NULL",
        "UPDATE loyalty_unit SET expiry_count = expiry_count + 1",
        "UPDATE loyalty_unitpolicy SET from_day = '2026-06-30' WHERE from_day IS NOT NULL",
        "UPDATE loyalty_unitpolicy SET expiry_count = 5 WHERE from_day IS NULL",
    ],
    OWN: ["UPDATE loyalty_unitpolicy SET business_id = {other}"],
}


@pytest.mark.parametrize(("invariant", "statement"), [(name, sql) for name, each in PLANTED.items() for sql in each])
def test_a_planted_corruption_is_found_by_name(invariant: str, statement: str):
    books = open_books()
    books.buy(54_000)
    go_live(books, **QUIET)
    other = open_shop(make_user("else"), "Else", "else")
    assert invariant not in broken()
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(other=other.business_id))
    assert invariant in broken()
