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
from tests.pages import alerts, has_summary, links, refused, texts
from tests.world import NOW, World


@pytest.fixture
def world(world: World) -> World:
    """Mia owes 50 points."""
    bought = world.purchase(5000)
    redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW)
    refunds.refund(sale=bought.sale, amount=5000, key="r", by=world.at_counter(), at=NOW, happened_at=NOW)
    return world


def url(world: World, unit: str = "points", account=None) -> str:
    account = account or world.member.account
    return f"/console/{world.business.slug}/accounts/{account.public_id}/forgive/{unit}/"


def owed(world: World) -> int:
    return world.member.account.balances.get(unit=world.points).owed


def send(till: Till, **typed: object):
    return till.client.post(url(till.world), {"key": uuid4(), "amount": "50", "reason": "Our slip", **typed})


def test_a_manager_finds_it_from_the_till_and_a_cashier_does_not(world, manager):
    visitors = (manager, Till(world, world.cashier))
    assert [url(world) in links(each.customer()) for each in visitors] == [True, False]


def test_the_page_says_what_is_owed(world, manager):
    said = words(manager.client.get(url(world)))
    assert "Mia Moon owes 50 points: a purchase was refunded after they had been spent." in said


def test_opening_it_is_noted(world, manager):
    manager.client.get(url(world))
    assert ViewLog.objects.filter(page="members:console-forgive", member=world.member).count() == 1


def test_all_or_a_part_is_forgiven(world, manager):
    response = send(manager, amount="30")
    assert (alerts(response), owed(world)) == (["success"], 20)


def test_that_it_is_forgiven_is_said(world, manager):
    assert "Forgiven. The member sees it, and why." in words(manager.client.get(send(manager).url))


def test_the_account_says_what_is_owed_still(world, manager):
    page = manager.client.get(send(manager, amount="30").url)
    assert texts(page, ".account-stats .bad") == ["20 owed"]


def test_the_member_reads_why(world, manager):
    send(manager, amount="30")
    page = Till(world, world.member_user).client.get(f"/{world.business.slug}/my/activity/")
    assert texts(page, ".event-title")[0].startswith("Debt forgiven")
    assert "Our slip 30 points" in texts(page, ".why")[0]


def test_sent_twice_it_is_forgiven_once(world, manager):
    key = uuid4()
    for _ in range(2):
        send(manager, key=key, amount="20")
    assert owed(world) == 30


def test_where_nothing_is_owed_any_more_that_is_said(world, manager):
    send(manager)
    response = send(manager, amount="20")
    assert (alerts(response)[-1], owed(world)) == ("info", 0)
    assert "Nothing is owed any more." in words(manager.client.get(response.url))


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("amount", "51", "most"),
        ("amount", "", "required"),
        ("reason", "", "required"),
        ("reason", "x" * 201, "max_length"),
        ("key", "x", "invalid"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_booked(world, manager, field, typed, code):
    before = Posting.objects.count()
    page = send(manager, **{field: typed})
    assert (page.status_code, refused(page), has_summary(page)) == (422, {field: [code]}, True)
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
    assert (page.status_code, refused(page)) == (403, {"__all__": [""]})
    assert own.account.balances.get(unit=world.points).owed == 50


def test_what_an_account_never_had_is_not_found(world, manager):
    empty = open_account(business=world.business, at=NOW)
    assert manager.client.get(url(world, account=empty)).status_code == 404


def test_a_unit_that_is_not_there_is_not_found(world, manager):
    assert manager.client.get(url(world, unit="beans")).status_code == 404
