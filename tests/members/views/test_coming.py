"""A change of expiry is said on the member's pages, on the card and at the counter; mails go first."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from loyalty.domain import businesses
from loyalty.engine.lots import ExpiryKind, ExpiryPolicy
from loyalty.models import OutboxMessage
from loyalty.queries.explain import policy_in_words
from members import letters
from members.domain import warnings
from members.queries.warnings import count_unreached
from tests.changes import LAST, announce
from tests.pages import texts
from tests.world import NOW, World

WORDS = "Points: " + policy_in_words(ExpiryPolicy(ExpiryKind.INACTIVITY_MONTHS, 6))
EVE = datetime(LAST.year, LAST.month, LAST.day, 12, 0, tzinfo=NOW.tzinfo)


@pytest.fixture(autouse=True)
def noon(world: World):
    world.purchase(54_000)
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def member(client: Client, world: World, noon) -> Client:
    client.force_login(world.member_user)
    return client


def titles(client: Client, name: str, **kwargs: object) -> list[str]:
    return texts(client.get(reverse(f"members:{name}", kwargs={"business": "luna", **kwargs})), ".notice-title")


@pytest.mark.parametrize("name", ["dashboard", "card"])
def test_a_member_reads_it_as_soon_as_it_is_announced(world: World, member: Client, name: str):
    announce(world)
    assert WORDS in titles(member, name)


@pytest.mark.parametrize("name", ["dashboard", "card"])
def test_a_member_reads_nothing_of_it_before(member: Client, name: str):
    assert WORDS not in titles(member, name)


def test_it_says_how_much_and_until_when(world: World, member: Client):
    announce(world)
    page = member.get(reverse("members:dashboard", kwargs={"business": "luna"}))
    assert any("540 points can be used through Dec 31, 2026" in said for said in texts(page, ".notice p"))


def test_the_till_reads_it(world: World, client: Client, noon):
    announce(world)
    client.force_login(world.cashier)
    assert WORDS in titles(client, "counter-member", account=world.member.account.public_id)


def test_who_has_come_since_reads_it_no_longer(world: World, member: Client, noon):
    announce(world)
    noon.move_to(EVE)
    world.purchase(100, at=EVE)
    member.force_login(world.member_user)
    assert WORDS not in titles(member, "dashboard")


def warn(world: World, at: datetime) -> int:
    world.business.refresh_from_db()
    return warnings.warn_due(business=world.business, write=letters.expiry_warning, at=at)


def reachable(world: World) -> None:
    world.member.email_confirmed_at = NOW
    world.member.save()


def test_a_mail_goes_before_anything_is_gone(world: World):
    reachable(world)
    announce(world)
    assert (warn(world, EVE - timedelta(days=15)), warn(world, EVE - timedelta(days=14))) == (0, 1)


def test_a_mail_goes_even_where_members_are_otherwise_not_told(world: World):
    reachable(world)
    businesses.change_details(business=world.business, changes={"warn_days": 0}, by=world.at_console(), at=NOW)
    announce(world)
    assert warn(world, EVE - timedelta(days=14)) == 1


def test_without_a_change_nobody_is_told_there(world: World):
    reachable(world)
    businesses.change_details(business=world.business, changes={"warn_days": 0}, by=world.at_console(), at=NOW)
    assert (warn(world, EVE), OutboxMessage.objects.filter(purpose="expiry.warning").count()) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "unreached"),
    [
        ({"email_confirmed_at": NOW}, 0), ({"email_confirmed_at": None}, 1),
        ({"email_confirmed_at": NOW, "is_warned": False}, 1),
    ],
)  # fmt: skip
def test_who_cannot_be_written_to_is_counted(world: World, fields: dict[str, object], unreached: int):
    for name, value in fields.items():
        setattr(world.member, name, value)
    world.member.save()
    assert count_unreached(world.business, [world.member.account_id]) == unreached
