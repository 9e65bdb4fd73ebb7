from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from loyalty.domain import refunds, sales
from loyalty.domain.sale_input import SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Role
from loyalty.queries import overview
from loyalty.queries.overview import Trend
from tests.moments import moment
from tests.world import World, make_user, open_shop

pytestmark = pytest.mark.django_db
BERLIN = "Europe/Berlin"
# A Wednesday afternoon; the business's day and week begin on Berlin's clock.
NOW = moment("2026-03-18 15:00", BERLIN)


def at(text: str) -> datetime:
    return moment(text, BERLIN)


def walk_in(world: World, total: int, when: datetime) -> None:
    sale = SaleInput(key=str(uuid4()), at=when, total=total, total_before_tax=total)
    sales.record(
        business=world.business, account=None, sale=sale, by=world.at_counter(), at=when, customer=CustomerFacts()
    )


def test_a_week_begins_on_monday_on_the_clock_of_the_business(world: World) -> None:
    assert overview.this_week(world.business, NOW).start == at("2026-03-16 00:00")
    assert overview.today(world.business, NOW).start == at("2026-03-18 00:00")
    sunday = moment("2026-03-15 23:30")  # in Berlin it is Monday already
    assert overview.this_week(world.business, sunday).start == at("2026-03-16 00:00")


def test_purchases_are_held_against_the_same_time_last_week(world: World) -> None:
    for when in ("03-18 14:59", "03-18 00:00", "03-16 00:00", "03-11 14:59", "03-11 00:00", "03-09 00:00"):
        world.purchase(1000, at=at(f"2026-{when}"))
    for when in ("03-18 15:00", "03-15 23:59", "03-11 15:00", "03-08 23:59"):
        walk_in(world, 9900, at(f"2026-{when}"))
    walk_in(world, 500, at("2026-03-17 10:00"))
    trade = overview.trade(world.business, NOW)
    assert (trade.today, trade.week, trade.turnover) == (Trend(2, 2), Trend(4, 3), Trend(3500, 3000))
    assert (trade.by_members, trade.share) == (3, 75)
    assert (trade.week.change, Trend(1, 3).change, Trend(1, 3).size) == (1, -2, 2)


def test_what_was_undone_or_refunded_is_taken_off(world: World) -> None:
    kept = world.purchase(1000, at=at("2026-03-17 10:00"))
    undone = world.purchase(700, at=at("2026-03-17 11:00"))
    sales.undo(sale=undone.sale, key=str(uuid4()), by=world.at_counter(), at=at("2026-03-17 11:05"))
    noon = at("2026-03-17 12:00")
    refunds.refund(sale=kept.sale, amount=400, key=str(uuid4()), by=world.at_console(), at=noon, happened_at=noon)
    trade = overview.trade(world.business, NOW)
    assert (trade.week, trade.turnover) == (Trend(1, 0), Trend(600, 0))


def test_a_quiet_week_has_no_share(world: World) -> None:
    trade = overview.trade(world.business, NOW)
    assert (trade.week, trade.turnover, trade.share) == (Trend(0, 0), Trend(0, 0), None)


def test_the_set_up_of_a_fresh_business_is_all_to_do() -> None:
    role = open_shop(make_user("ann"), "Bar", "bar")
    assert overview.progress(role.business) == overview.Progress(drafted=False, live=False, team=False, purchase=False)


def test_the_set_up_follows_what_was_done(world: World) -> None:
    from loyalty.domain import staff

    assert overview.progress(world.business) == overview.Progress(drafted=True, live=True, team=True, purchase=False)
    undone = world.purchase(at=at("2026-03-17 10:00"))
    assert overview.progress(world.business).purchase
    sales.undo(sale=undone.sale, key=str(uuid4()), by=world.at_counter(), at=at("2026-03-17 10:01"))
    assert not overview.progress(world.business).purchase
    other = world.other_business
    assert not overview.progress(other).team
    elsewhere = other.staff.get()
    staff.add(business=other, user=world.stranger, role=Role.CASHIER, by=world.at_console(), at=elsewhere.started_at)
    assert overview.progress(other).team


@pytest.mark.parametrize("purchases", [1, 3])
def test_every_figure_is_one_question(world: World, purchases: int, django_assert_num_queries: Any) -> None:
    for number in range(purchases):
        world.purchase(at=NOW - timedelta(hours=number + 1))
    with django_assert_num_queries(1):
        overview.trade(world.business, NOW)
    with django_assert_num_queries(1):
        overview.progress(world.business)
