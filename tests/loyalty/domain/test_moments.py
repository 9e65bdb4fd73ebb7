"""When a purchase or a refund is said to have happened: not before what it is of, and not after now."""

from datetime import datetime, timedelta

import pytest

from loyalty.domain import refunds, sales
from loyalty.domain.refunds import BeforePurchase
from loyalty.domain.sale_input import LineInput, Recorded, SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Account, Refund, Sale
from tests.loyalty.books import START, Books

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
APART = 10 * MINUTE
"""So much the clocks of a till and of the server may differ."""


def buy(books: Books, happened_at: datetime, account: Account | None, **more: object) -> Recorded:
    sale = SaleInput(**{"key": "k", "at": happened_at, "total": 500, "total_before_tax": 500, **more})
    return sales.record(
        business=books.role.business, account=account, sale=sale, by=books.by, at=START, customer=CustomerFacts()
    )


def give_back(books: Books, bought: Recorded, happened_at: datetime) -> Refund:
    return refunds.refund(
        sale=bought.sale, amount=100, key="r", by=books.by, at=START + timedelta(days=2), happened_at=happened_at
    )


LINES = [LineInput(500, 500)]


@pytest.mark.parametrize("more", [{}, {"lines": LINES}], ids=["plain", "in full"])
class TestAPurchase:
    def test_far_ahead_is_refused(self, books: Books, more: dict[str, object]):
        before = books.rows()
        with pytest.raises(sales.TooFarAhead):
            buy(books, START + APART + MINUTE, books.account, **more)
        assert (books.rows(), Sale.objects.count()) == (before, 0)

    def test_of_a_walk_in_far_ahead_is_refused(self, books: Books, more: dict[str, object]):
        with pytest.raises(sales.TooFarAhead):
            buy(books, START + APART + MINUTE, None, **more)
        assert Sale.objects.count() == 0

    def test_by_a_clock_that_is_fast_is_recorded(self, books: Books, more: dict[str, object]):
        assert buy(books, START + APART, books.account, **more).sale.at == START + APART

    def test_long_ago_is_recorded(self, books: Books, more: dict[str, object]):
        assert buy(books, START - timedelta(days=300), books.account, **more).posting_id

    def test_sent_again_is_answered_as_the_first_time(self, books: Books, more: dict[str, object]):
        first = buy(books, START + APART, books.account, **more)
        assert buy(books, START + APART, books.account, **more).sale == first.sale


class TestARefund:
    @pytest.fixture
    def bought(self, books: Books) -> Recorded:
        return books.buy(500)

    @pytest.mark.parametrize(
        ("moment", "error"),
        [
            (START - APART - MINUTE, BeforePurchase),
            (START - timedelta(days=300), BeforePurchase),
            (START + timedelta(days=2) + APART + MINUTE, refunds.TooFarAhead),
        ],
    )
    def test_before_its_purchase_or_after_now_is_refused(self, books: Books, bought: Recorded, moment, error):
        before = books.rows()
        with pytest.raises(error):
            give_back(books, bought, moment)
        bought.sale.refresh_from_db()
        assert (books.rows(), Refund.objects.count(), bought.sale.refunded) == (before, 0, 0)

    @pytest.mark.parametrize("moment", [START - APART, START, START + timedelta(days=2) + APART])
    def test_by_a_clock_that_differs_is_recorded(self, books: Books, bought: Recorded, moment):
        assert give_back(books, bought, moment).at == moment
