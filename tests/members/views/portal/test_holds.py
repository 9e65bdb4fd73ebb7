"""What a member sees of an award that cannot be spent yet."""

from datetime import date

import pytest
from django.test import Client

from loyalty.domain import ledger
from loyalty.models import PostingKind
from tests.members.counter import words
from tests.members.newcomer import Newcomer
from tests.world import NOW, World, make_world

pytestmark = pytest.mark.django_db


def test_what_is_held_is_told_with_its_day_and_the_way_to_a_reward_does_without_it():
    world = make_world()
    client = Client()
    client.force_login(world.member_user)
    give(world, 12, None)
    give(world, 40, date(2990, 12, 3))
    said = words(Newcomer(world.business, client).get("dashboard"))
    assert "12 points 40 points from Dec 3, 2990 12 of 50 points – 38 to go for Free coffee" in said  # noqa: RUF001


def give(world: World, amount: int, first_good_day: date | None) -> None:
    booking = ledger.Booking(
        account=world.member.account, key=f"gift {amount}", kind=PostingKind.GIFT, at=NOW, booked_at=NOW,
        by=world.at_console(),
    )  # fmt: skip
    ledger.award(booking, [ledger.AwardLine(world.points, amount, first_good_day=first_good_day)])
