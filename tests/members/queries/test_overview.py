from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from loyalty.queries.overview import Trend
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import MemberSource
from members.queries import overview
from rewards.domain import redemptions
from rewards.queries import overview as rewards
from tests.moments import moment
from tests.world import World, make_user, open_shop

NOW = moment("2026-03-18 15:00", "Europe/Berlin")


def at(text: str) -> datetime:
    return moment(f"2026-03-{text}", "Europe/Berlin")


def enrol(world: World, name: str, when: datetime) -> None:
    person = Person(name=name, email=f"{name}@example.com")
    source = MemberSource.COUNTER
    enrolment.enrol(business=world.business, person=person, source=source, by=world.at_counter(), at=when)


def test_members_are_counted_with_those_of_this_week(world: World) -> None:
    enrol(world, "a", at("16 00:00"))
    enrol(world, "b", at("18 14:59"))
    enrol(world, "c", at("09 10:00"))
    enrol(world, "d", at("12 10:00"))
    people = overview.people(world.business, NOW)
    assert (people.total, people.joined) == (5, Trend(2, 2))  # Mia, too, joined last week


def test_rewards_taken_are_counted_but_for_undone_ones(world: World) -> None:
    world.purchase(20_000, at=at("10 10:00"))
    taken = [
        redemptions.redeem(
            reward=world.reward, account=world.member.account, key=str(uuid4()), hand_out=True,
            by=world.at_counter(), at=when,
        )
        for when in (at("10 11:00"), at("17 10:00"), at("18 10:00"))
    ]  # fmt: skip
    assert rewards.redemptions(world.business, NOW) == Trend(2, 1)
    redemptions.undo(redemption=taken[2], key=str(uuid4()), by=world.at_counter(), at=at("18 10:05"))
    assert rewards.redemptions(world.business, NOW) == Trend(1, 1)


@pytest.fixture
def weeks(world: World) -> World:
    """Two purchases for 20.00 in last week, one for 12.50 in this."""
    world.purchase(1250, at=at("17 10:00"))
    for day in ("10", "11"):
        world.purchase(1000, at=at(f"{day} 10:00"))
    return world


def test_figures_are_said_with_how_they_stand(weeks: World) -> None:
    figures = {figure.label: figure for figure in overview.this_week(weeks.business, NOW).figures}
    assert (figures["Purchases"].value, figures["Purchases"].change) == ("1", "−1 on last week")  # noqa: RUF001
    assert (figures["Paid"].value, figures["Paid"].change) == ("€12.50", "−€7.50 on last week")  # noqa: RUF001
    assert (figures["Rewards taken"].value, figures["Rewards taken"].change) == ("0", "same as last week")


def test_more_is_good(weeks: World) -> None:
    weeks.purchase(99_000, at=at("18 10:00"))
    figures = {figure.label: figure for figure in overview.this_week(weeks.business, NOW).figures}
    assert (figures["Paid"].change, figures["Paid"].tone) == ("+€982.50 on last week", "good")


def test_figures_are_written_as_the_reader_writes_them(weeks: World) -> None:
    weeks.purchase(99_000, at=at("18 10:00"))
    with translation.override("et"):
        values = [figure.value for figure in overview.this_week(weeks.business, NOW).figures]
    assert values == ["1", "2", "1\xa0002,50\xa0€", "0", "0"]


def test_a_fresh_business_has_done_nothing_yet(world: World) -> None:
    found = overview.set_up(open_shop(make_user("ann"), "Bar", "bar").business)
    assert (found.done, found.total, found.complete) == (0, 5, False)


def test_the_set_up_is_complete_with_the_first_purchase(world: World) -> None:
    assert overview.set_up(world.business).steps == (True, True, True, True, False)
    world.purchase(at=at("17 10:00"))
    assert overview.set_up(world.business).complete


@pytest.mark.parametrize("purchases", [1, 3])
def test_the_overview_asks_a_fixed_number_of_questions(
    world: World, purchases: int, django_assert_num_queries: Any
) -> None:
    for number in range(purchases):
        world.purchase(at=at(f"17 1{number}:00"))
        enrol(world, f"m{number}", at("17 10:00"))
    with django_assert_num_queries(7):
        overview.this_week(world.business, NOW)
    with django_assert_num_queries(3):
        overview.set_up(world.business)
