"""What a manager gives a member for good will, through the console."""

from uuid import uuid4

import pytest

from loyalty.domain import refunds
from loyalty.domain.accounts import open_account
from loyalty.models import Posting
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import MemberSource, ViewLog
from rewards.domain import redemptions
from tests.members.counter import Till, words
from tests.world import NOW, World


@pytest.fixture
def world(world: World) -> World:
    """Mia owes 50 points."""
    bought = world.purchase(5000)
    redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW)
    refunds.refund(sale=bought.sale, amount=5000, key="r", by=world.at_counter(), at=NOW, happened_at=NOW)
    return world


@pytest.fixture
def manager(world: World) -> Till:
    return Till(world, world.manager)


def url(world: World, unit: str = "points", account=None) -> str:
    account = account or world.member.account
    return f"/console/{world.business.slug}/accounts/{account.public_id}/forgive/{unit}/"


def owed(world: World) -> int:
    return world.member.account.balances.get(unit=world.points).owed


def send(till: Till, **typed: object):
    return till.client.post(url(till.world), {"key": uuid4(), "amount": "50", "reason": "Our slip", **typed})


def test_a_manager_finds_it_from_the_till_and_a_cashier_does_not(world, manager):
    account = world.member.account.public_id
    assert url(world) in manager.get("member", account=account).text
    assert url(world) not in Till(world, world.cashier).get("member", account=account).text


def test_the_page_says_what_is_owed_and_the_look_is_noted(world, manager):
    said = words(manager.client.get(url(world)))
    assert "Mia Moon owes 50 points: a purchase was refunded after they had been spent." in said
    assert ViewLog.objects.filter(page="members:console-forgive", member=world.member).count() == 1


def test_it_is_forgiven_and_the_member_reads_why(world, manager):
    page = manager.client.post(url(world), {"key": uuid4(), "amount": "30", "reason": "Our slip"}, follow=True)
    assert "Forgiven. The member sees it, and why." in words(page)
    assert "20 owed" in words(page)
    assert owed(world) == 20
    mia = Till(world, world.member_user)
    history = words(mia.client.get(f"/{world.business.slug}/my/activity/"))
    assert "Debt forgiven" in history
    assert "Our slip 30 points" in history


def test_sent_twice_it_is_forgiven_once(world, manager):
    key = uuid4()
    for _ in range(2):
        send(manager, key=key, amount="20")
    assert owed(world) == 30
    send(manager, amount="30")
    page = manager.client.post(url(world), {"key": key, "amount": "20", "reason": "Our slip"}, follow=True)
    assert "Nothing is owed any more." in words(page)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "51"}, "50"),
        ({"amount": ""}, "Enter how much is forgiven."),
        ({"reason": ""}, "Enter why: the member reads it."),
        ({"reason": "x" * 201}, "Use at most 200 letters for the reason."),
        ({"key": "x"}, "This page is too old."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_booked(world, manager, typed, said):
    before = Posting.objects.count()
    page = send(manager, **typed)
    assert (page.status_code, said in words(page)) == (422, True)
    assert (Posting.objects.count(), owed(world)) == (before, 50)


def test_nobody_forgives_the_own_debt(world, manager):
    own = enrolment.enrol(
        business=world.business, person=Person(name="Max", email=world.manager.email), source=MemberSource.COUNTER,
        by=world.at_counter(), at=NOW, account=None,
    )  # fmt: skip
    bought = world.purchase(5000, member=own)
    redemptions.redeem(reward=world.reward, account=own.account, key="own", by=world.at_counter(), at=NOW)
    refunds.refund(sale=bought.sale, amount=5000, key="o", by=world.at_counter(), at=NOW, happened_at=NOW)
    page = manager.client.post(url(world, account=own.account), {"key": uuid4(), "amount": "50", "reason": "Me"})
    assert (page.status_code, "This is your own membership." in words(page)) == (403, True)
    assert own.account.balances.get(unit=world.points).owed == 50


def test_what_an_account_never_had_is_not_found(world, manager):
    empty = open_account(business=world.business, at=NOW)
    assert manager.client.get(url(world, account=empty)).status_code == 404
    assert manager.client.get(url(world, unit="beans")).status_code == 404
