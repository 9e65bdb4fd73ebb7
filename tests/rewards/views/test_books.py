"""The page of the books: what is outstanding, what it is worth, and a file of it."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty.models import Balance
from rewards.models import RewardKind, RewardState
from rewards.queries.worth import worth_of_units
from tests.pages import select, texts
from tests.rewards.shop import Shop

pytestmark = pytest.mark.django_db

MARCH, APRIL = datetime(2026, 3, 20, 12, 0, tzinfo=UTC), datetime(2026, 4, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk(shop: Shop) -> Iterator[Client]:
    """The manager's browser on a day in May."""
    with time_machine.travel(datetime(2026, 5, 15, 12, 0, tzinfo=UTC), tick=False):
        client = Client()
        client.force_login(shop.manager)
        yield client


def ask(desk: Client, name: str = "books") -> HttpResponse:
    return desk.get(reverse(f"rewards:{name}", kwargs={"business": "luna"}))


def a_spring(shop: Shop) -> None:
    """60 points in March, 50 of them spent in April."""
    shop.give(60, at=MARCH)
    shop.redeem(shop.reward, at=APRIL)


def of_points(shop: Shop, page: HttpResponse, selector: str) -> list[str]:
    """What the elements say that stand in the book of the points; .stat-value is what stands large above it."""
    return texts(page, f"[aria-labelledby=book-{shop.points.pk}] {selector}")


class TestThePage:
    def test_month_by_month(self, shop, desk):
        a_spring(shop)
        assert of_points(shop, ask(desk), ".book-table tbody tr") == [
            "March 2026 0 +60 0 0 60",
            "April 2026 60 0 −50 0 10",  # noqa: RUF001
            "May 2026 10 0 0 0 10",
        ]

    def test_the_year_is_summed(self, shop, desk):
        a_spring(shop)
        assert of_points(shop, ask(desk), ".book-table tfoot td") == ["", "+60", "−50", "0", ""]  # noqa: RUF001

    def test_what_balances_is_said_to(self, shop, desk):
        a_spring(shop)
        page = ask(desk)
        assert page.context["books"].balanced
        assert (texts(page, ".notice.good .notice-title"), select(page, ".notice.bad")) == (["The books balance"], [])

    def test_what_is_outstanding_is_worth_the_best_money_off(self, shop, desk):
        shop.add("1 euro off", kind=RewardKind.MONEY_OFF, money_off=100, cost=30)
        shop.add("5 euros off", kind=RewardKind.MONEY_OFF, money_off=500, cost=80)
        a_spring(shop)
        page = ask(desk)
        assert of_points(shop, page, ".stat-value") == ["10", "€0.63"]
        assert of_points(shop, page, ".book-falling tbody td") == ["", "10", "€0.63"]

    def test_without_money_off_no_worth_is_made_up(self, shop, desk):
        a_spring(shop)
        page = ask(desk)
        assert of_points(shop, page, ".stat-value") == ["10"]
        assert of_points(shop, page, ".book-falling tbody td") == ["", "10"]

    def test_what_does_not_balance_is_an_alarm(self, shop, desk):
        a_spring(shop)
        Balance.objects.filter(unit=shop.points).update(amount=11)
        page = ask(desk)
        assert not page.context["books"].balanced
        assert (len(select(page, ".notice.bad")), select(page, ".notice.good")) == (1, [])

    def test_an_alarm_names_what_differs(self, shop, desk):
        a_spring(shop)
        Balance.objects.filter(unit=shop.points).update(amount=11)
        page = ask(desk)
        assert of_points(shop, page, ".stat-value")[0] == "11"
        assert of_points(shop, page, ".stat-change.bad") == ["Movements make 10, lots 10"]

    def test_before_the_first_purchase(self, desk):
        page = ask(desk)
        assert page.context["parts"] == []
        assert select(page, ".empty")
        assert not select(page, ".notice")

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_costs_the_same_however_much_there_is(self, shop, desk, number, django_assert_num_queries):
        for _ in range(number):
            a_spring(shop)
        with django_assert_num_queries(9):
            ask(desk)

    @pytest.mark.parametrize("months", [1, 3])
    def test_or_however_many_months(self, shop, desk, months, django_assert_num_queries):
        for month in range(months):
            shop.give(60, at=datetime(2026, 3 + month, 12, tzinfo=UTC))
        with django_assert_num_queries(9):
            ask(desk)


class TestTheFile:
    def test_every_column_is_there_and_numbers_are_numbers(self, shop, desk):
        a_spring(shop)
        content = b"".join(ask(desk, "books-csv").streaming_content).decode().removeprefix("\ufeff")
        head, march, april, *_rest = csv.reader(io.StringIO(content))
        assert head == [
            "Unit", "Month", "Opening balance", "Issued", "Given back", "Redeemed", "Expired", "Taken back", "Removed",
            "Brought over", "Brought away", "Outstanding", "Owed", "Forgiven",
        ]  # fmt: skip
        assert march == ["points", "2026-03", "0", "60", *["0"] * 7, "60", "0", "0"]
        assert april == ["points", "2026-04", "60", "0", "0", "-50", *["0"] * 5, "10", "0", "0"]


class TestWorth:
    def test_the_best_in_the_catalogue_counts(self, shop):
        shop.add("1 euro off", kind=RewardKind.MONEY_OFF, money_off=100, cost=30)
        shop.add("5 euros off", kind=RewardKind.MONEY_OFF, money_off=500, cost=80)
        shop.add("9 euros off", kind=RewardKind.MONEY_OFF, money_off=900, cost=10, state=RewardState.DRAFT)
        assert worth_of_units(shop.business) == {shop.points.pk: Fraction(500, 80)}
        assert worth_of_units(shop.other_business) == {}
