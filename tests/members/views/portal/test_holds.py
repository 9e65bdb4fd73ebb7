"""What a member sees of an award that cannot be spent yet."""

from datetime import date

import pytest
from django.http import HttpResponse

from loyalty.domain import ledger
from loyalty.models import PostingKind
from tests.members.newcomer import Newcomer
from tests.pages import select, texts
from tests.world import NOW, World


@pytest.fixture
def overview(world: World, mia: Newcomer) -> HttpResponse:
    """The overview of a member with 12 points, and 40 more that are held for long."""
    give(world, 12, None)
    give(world, 40, date(2990, 12, 3))
    return mia.get("dashboard")


def test_what_is_held_is_told_apart_with_its_day(overview: HttpResponse):
    assert texts(overview, ".panel .balance") == ["12 points"]
    assert texts(overview, ".panel .panel-words")[0] == "40 points from Dec 3, 2990"


def test_the_way_to_a_reward_does_without_it(overview: HttpResponse):
    [bar] = select(overview, ".panel progress")
    assert (bar["value"], bar["max"]) == ("12", "50")


def give(world: World, amount: int, first_good_day: date | None) -> None:
    booking = ledger.Booking(
        account=world.member.account, key=f"gift {amount}", kind=PostingKind.GIFT, at=NOW, booked_at=NOW,
        by=world.at_console(),
    )  # fmt: skip
    ledger.award(booking, [ledger.AwardLine(world.points, amount, first_good_day=first_good_day)])
