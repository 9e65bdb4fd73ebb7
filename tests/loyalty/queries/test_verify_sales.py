"""Corruptions of sales, refunds, limits and adjustments: each is found by the name of its invariant."""

from datetime import timedelta

import pytest

from loyalty.domain import adjustments, chain
from loyalty.models import Unit
from tests.loyalty.books import START
from tests.loyalty.queries.planting import NOW, Planted, broken, lively, plant, prove_found

pytestmark = pytest.mark.django_db

ADJUSTMENT = (
    "INSERT INTO loyalty_adjustment (public_id, business_id, account_id, unit_id, key, amount, reason, state,"
    " asked_by_id, asked_at, posting_id) VALUES ({uuid}, {business}, {account}, {unit}, 'planted', 700, 'thanks',"
    " 'booked', {staff}, '2026-02-01 12:00:00', {first_posting})"
)

PLANTED: Planted = {
    "a sale's refunds are what is noted on it": ["UPDATE loyalty_sale SET refunded = 1 WHERE receipt = 'R-2'"],
    "no more of a line comes back than was sold": [
        "INSERT INTO loyalty_saleline (sale_id, item, name, category, quantity_thousandths, amount, amount_before_tax,"
        " returned_thousandths) SELECT id, '', '', '', 1000, total, total, 1500 FROM loyalty_sale WHERE receipt = 'R-2'"
    ],
    "no sale, receipt or refund is recorded twice": [
        "DROP INDEX sale_receipt_once",
        "UPDATE loyalty_sale SET receipt = 'R-2'",
    ],
    "an undone sale earned nothing": [
        "UPDATE loyalty_sale SET undone_at = '2026-02-01 12:00:00' WHERE receipt = 'R-2'"
    ],
    "a moved sale stands where it was moved to": [
        "INSERT INTO loyalty_salemove (business_id, sale_id, source_id, target_id, key, moved_at) SELECT business_id,"
        " id, account_id, NULL, 'planted', '2026-02-01 12:00:00' FROM loyalty_sale WHERE receipt = 'R-2'"
    ],
    "no rule gives more in a day than its limit": [
        "UPDATE loyalty_earningrule SET limit_per_day = 10",
        "INSERT INTO loyalty_ruleuse (posting_id, account_id, rule_id, day, amount)"
        " SELECT {first_posting}, {account}, id, '2026-01-05', 11 FROM loyalty_earningrule",
    ],
    "an adjustment booked what was asked": [ADJUSTMENT],
    "a large adjustment has two persons": ["UPDATE loyalty_unit SET adjustment_limit = 500", ADJUSTMENT],
}


@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_corruption_is_found_by_name(invariant):
    prove_found(invariant, PLANTED[invariant])


class TestTwoPersons:
    """The limit that counts is the one of the moment of asking."""

    LARGE = "a large adjustment has two persons"

    def add(self, books, amount: int, key: str, at=START) -> None:
        reason, day = "thanks", None
        adjustments.ask(
            account=books.account, unit=Unit.objects.get(), amount=amount, reason=reason, last_good_day=day, key=key,
            by=books.by, at=at,
        )  # fmt: skip

    def limit(self, books, limit: int | None, at) -> None:
        adjustments.set_limits(business=books.role.business, limits={"points": limit}, by=books.by, at=at)

    def test_a_limit_that_was_set_later_accuses_nobody(self):
        books = lively()
        self.add(books, 700, "a1", at=NOW)
        self.limit(books, 500, at=NOW + timedelta(hours=1))
        chain.extend()
        assert broken() == {}

    def test_a_limit_that_was_raised_later_excuses_nobody(self):
        books = lively()
        self.limit(books, 500, at=NOW)
        self.add(books, 700, "a1", at=NOW + timedelta(hours=1))
        self.limit(books, 1000, at=NOW + timedelta(hours=2))
        forced = "UPDATE loyalty_adjustment SET state = 'booked', posting_id = {last_posting}"
        plant([forced], books)
        assert self.LARGE in broken()
