"""Refunds in full, in part and by line: E19 booked, and more of its kind."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from loyalty.domain import refunds, sales
from loyalty.domain.ledger import KeyReused
from loyalty.domain.program import RuleDraft
from loyalty.domain.refunds import Back, RefundTooLarge, TooManyBack
from loyalty.domain.sale_input import LineInput, Recorded, SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import AuditEvent, Entry, Refund, Sale, SaleLine
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books

pytestmark = pytest.mark.django_db

type Line = tuple[str, int] | tuple[str, int, str]


@pytest.fixture(autouse=True)
def _sound():
    yield
    assert not [finding for finding in verify() if finding.faults]


def buy(books: Books, *lines: Line, total: int | None = None) -> Recorded:
    """Buy lines: item, cents and, where it is not one, how many; total: what was paid, if not their sum."""
    inputs = [LineInput(line[1], line[1], item=line[0], quantity=Decimal((*line, "1")[2])) for line in lines]
    paid = sum(each.amount for each in inputs) if total is None else total
    sale = SaleInput(key=books.key(), at=books.at, total=paid, total_before_tax=paid, lines=inputs)
    return sales.record(
        business=books.role.business, account=books.account, sale=sale, by=books.by, at=books.at,
        customer=CustomerFacts(),
    )  # fmt: skip


def line_of(recorded: Recorded, item: str) -> SaleLine:
    return recorded.sale.lines.get(item=item)


def give_back(books: Books, recorded: Recorded, key: str = "", amount: int | None = None, **items: float) -> Refund:
    """Refund so many of lines by their items, or an amount, or both."""
    return refunds.refund(
        sale=recorded.sale, amount=amount, lines=thousandths(recorded, items), key=key or books.key(), by=books.by,
        at=books.at, happened_at=books.at,
    )  # fmt: skip


def thousandths(recorded: Recorded, items: Mapping[str, float]) -> dict[int, int]:
    return {line_of(recorded, item).pk: round(count * 1000) for item, count in items.items()}


def state(recorded: Recorded) -> tuple[object, ...]:
    sale = Sale.objects.get(pk=recorded.sale.pk)
    returned = tuple(sale.lines.order_by("pk").values_list("returned_thousandths", flat=True))
    return (Refund.objects.count(), Entry.objects.count(), AuditEvent.objects.count(), sale.refunded, returned)


class TestTheTable:
    def test_e19_a_coupon_is_no_part_of_what_is_earned(self, books: Books):
        buy(books, ("item", 5000), total=4000)
        assert books.balance == 40

    def test_e19_the_item_of_20_comes_back(self, books: Books):
        bought = buy(books, ("fifty", 5000), ("twenty", 2000), total=6000)
        assert books.balance == 60
        assert give_back(books, bought, twenty=1).amount == 2000
        assert books.balance == 40
        assert give_back(books, bought, fifty=1).amount == 4000
        assert books.balance == 0


class TestByLine:
    def test_each_line_takes_what_it_earned(self, books: Books):
        rule = RuleDraft(
            "points", "Not blue", "purchase", "per_amount", 4, per_amount=100, fields={"excluded_items": ["blue"]}
        )
        books.offers(rule=rule)
        bought = buy(books, ("red", 1200), ("blue", 10000), ("delivery", 4000))
        assert books.balance == 208
        give_back(books, bought, blue=1)
        assert books.balance == 208
        give_back(books, bought, red=1)
        assert books.balance == 160
        give_back(books, bought, delivery=1)
        assert (books.balance, books.owed) == (0, 0)

    def test_parts_of_a_line_sum_to_it(self, books: Books):
        books.offers(rule=RuleDraft("points", "Each", "purchase", "per_item", 1))
        bought = buy(books, ("tea", 1000, "3"))
        assert books.balance == 3
        amounts = [give_back(books, bought, tea=1).amount for _ in range(3)]
        assert (amounts, sum(amounts), books.balance) == ([333, 334, 333], 1000, 0)

    def test_goods_by_weight(self, books: Books):
        bought = buy(books, ("cheese", 1250, "0.5"))
        assert give_back(books, bought, cheese=0.2).amount == 500
        assert (books.balance, line_of(bought, "cheese").returned_thousandths) == (7, 200)
        assert give_back(books, bought, cheese=0.3).amount == 750
        assert books.balance == 0

    @pytest.mark.parametrize("order", ["lines first", "amount first"])
    def test_an_amount_and_lines_compose_in_any_order(self, books: Books, order):
        rule = RuleDraft(
            "points", "Red", "purchase", "per_amount", 1, per_amount=100, fields={"included_items": ["red"]}
        )
        books.offers(rule=rule)
        bought = buy(books, ("red", 4000), ("blue", 6000))
        assert books.balance == 40
        if order == "lines first":
            give_back(books, bought, red=1)
            assert books.balance == 0
            books.refund(bought, 3000)
        else:
            books.refund(bought, 5000)
            assert books.balance == 20
            give_back(books, bought, red=1)
        assert books.balance == 0
        rest = Sale.objects.get(pk=bought.sale.pk)
        books.refund(bought, rest.total - rest.refunded)
        assert (books.balance, books.owed) == (0, 0)

    def test_lines_at_another_price_than_they_had_are_spread_by_largest_remainder(self, books: Books):
        books.offers(rule=RuleDraft("points", "Each", "purchase", "per_item", 10))
        bought = buy(books, ("cup", 1000), ("pot", 2000))
        refund = give_back(books, bought, cup=1, pot=1, amount=1000)
        assert (refund.amount, refund.lines) == (
            1000,
            {str(line.pk): 1000 for line in bought.sale.lines.order_by("pk")},
        )
        assert books.balance == 20 - 7
        books.refund(bought, 2000)
        assert (books.balance, books.owed) == (0, 0)

    def test_never_more_money_than_is_left(self, books: Books):
        bought = buy(books, ("cup", 1000), ("pot", 2000))
        books.refund(bought, 2500)
        assert give_back(books, bought, pot=1).amount == 500
        before = state(bought)
        with pytest.raises(RefundTooLarge) as refused:
            give_back(books, bought, cup=1)
        assert (refused.value.left, state(bought), books.balance) == (0, before, 0)

    def test_what_cost_nothing_comes_back_for_nothing(self, books: Books):
        bought = buy(books, ("cup", 1000), ("sample", 0))
        assert give_back(books, bought, sample=1).amount == 0
        assert (books.balance, line_of(bought, "sample").returned_thousandths) == (10, 1000)

    @pytest.mark.parametrize("count", [2.001, 0, -1])
    def test_more_than_was_sold_is_refused(self, books: Books, count):
        bought = buy(books, ("cup", 3000, "3"), ("pot", 2000))
        give_back(books, bought, cup=1)
        before = state(bought)
        with pytest.raises(TooManyBack) as refused:
            give_back(books, bought, pot=1, cup=count)
        assert (refused.value.left, state(bought), books.balance) == (2000, before, 40)

    def test_a_line_of_another_purchase_is_refused(self, books: Books):
        bought, other = buy(books, ("cup", 1000)), buy(books, ("pot", 2000))
        before = state(bought)
        with pytest.raises(TooManyBack) as refused:
            refunds.refund(
                sale=bought.sale, lines={line_of(other, "pot").pk: 1000}, key="k", by=books.by, at=START,
                happened_at=START,
            )  # fmt: skip
        assert (refused.value.left, state(bought)) == (0, before)

    def test_of_an_undone_purchase_nothing_comes_back(self, books: Books):
        bought = buy(books, ("cup", 1000))
        sales.undo(sale=bought.sale, key="u", by=books.by, at=START)
        with pytest.raises(RefundTooLarge):
            give_back(books, bought, cup=1)

    def test_the_same_key_is_the_same_refund_and_of_another_it_is_refused(self, books: Books):
        bought = buy(books, ("cup", 3000, "3"), ("pot", 2000))
        first = give_back(books, bought, cup=1, key="k")
        after = state(bought)
        assert give_back(books, bought, cup=1, key="k") == first
        for other in ({"cup": 2}, {"pot": 1}, {"cup": 1, "amount": 900}, {"amount": 1000}):
            with pytest.raises(KeyReused):
                give_back(books, bought, key="k", **other)
        assert (state(bought), books.balance) == (after, 40)


class TestAPreview:
    @pytest.mark.parametrize("items", [{"cup": 2}, {"amount": 4000}, {"cup": 1, "pot": 1, "amount": 2500}])
    def test_it_says_what_is_then_booked_and_leaves_no_trace(self, books: Books, items):
        bought = buy(books, ("cup", 3000, "3"), ("pot", 2000))
        books.spend(30)
        back = Back(items.get("amount"), thousandths(bought, {i: n for i, n in items.items() if i != "amount"}))
        before = state(bought), books.rows(), books.balance
        said = refunds.preview(sale=bought.sale, back=back, by=books.by, at=START)
        assert (state(bought), books.rows(), books.balance) == before
        booked = give_back(books, bought, **items)
        entries = Entry.objects.filter(posting__refund=booked).order_by("pk")
        assert said.amount == booked.amount
        assert [(e.kind, e.amount, e.owed_change) for e in said.entries] == [
            (e.kind, e.amount, e.owed_change) for e in entries
        ]

    def test_what_would_be_refused_is_refused(self, books: Books):
        bought = buy(books, ("cup", 1000))
        with pytest.raises(RefundTooLarge):
            refunds.preview(sale=bought.sale, back=Back(1001), by=books.by, at=START)
        with pytest.raises(TooManyBack):
            refunds.preview(sale=bought.sale, back=Back(lines={0: 1000}), by=books.by, at=START)
