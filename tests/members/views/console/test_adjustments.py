"""Adjusting an account through the console: alone up to the limit, above it with a colleague."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from loyalty.domain import adjustments
from loyalty.models import Adjustment, Posting
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource, ViewLog
from tests.members.counter import Till, words
from tests.world import NOW, World

LIST = "/console/luna/adjustments/"
MARK = "something waits for you"


@pytest.fixture
def world(world: World) -> World:
    """Mia has 62 points; one person may adjust 100."""
    world.purchase(6200)
    limit(world, 100)
    return world


@pytest.fixture
def manager(world: World) -> Till:
    return Till(world, world.manager)


@pytest.fixture
def owner(world: World) -> Till:
    return Till(world, world.owner)


def limit(world: World, most: int | None) -> None:
    adjustments.set_limits(business=world.business, limits={"points": most}, by=world.at_console(), at=NOW)
    world.points.refresh_from_db()


def url(world: World, unit: str = "points", account=None) -> str:
    return f"/console/luna/accounts/{(account or world.member.account).public_id}/adjust/{unit}/"


def send(till: Till, amount: object, *, way: str = "add", to: str = "", **typed: object):
    data = {"key": uuid4(), "way": way, "amount": amount, "why": "slip", **typed}
    return till.client.post(to or url(till.world), data, follow=True)


def points(world: World) -> int:
    return world.member.account.balances.get(unit=world.points).amount


def decide(till: Till, verb: str):
    return till.client.post(f"{LIST}{Adjustment.objects.get().public_id}/{verb}/", follow=True)


def test_it_is_found_from_the_account(world, manager):
    page = manager.client.get(f"/console/luna/accounts/{world.member.account.public_id}/")
    assert url(world) in page.text
    said = words(manager.client.get(url(world)))
    assert "Mia Moon · up to 100 points at once, more once a second person agrees" in said
    assert ViewLog.objects.filter(page="members:console-adjust", member=world.member).count() == 1


def test_up_to_the_limit_it_is_booked_and_the_member_reads_why(world, manager):
    later = (timezone.now() + timedelta(days=30)).date()
    page = send(manager, "100", last_good_day=later.isoformat(), reason="on Monday")
    assert "Booked. The member sees it, and why." in words(page)
    assert points(world) == 162
    assert Adjustment.objects.get().last_good_day == later
    history = words(Till(world, world.member_user).client.get("/luna/my/activity/"))
    assert "A slip at the till: on Monday" in history


def test_taken_away_no_more_than_there_is(world, manager):
    page = send(manager, "63", way="remove")
    assert (page.status_code, "So much is not there: 62 points can be taken away." in words(page)) == (422, True)
    send(manager, "62", way="remove")
    assert points(world) == 0


def test_above_the_limit_a_colleague_agrees(world, manager, owner):
    assert MARK not in words(owner.client.get(LIST))
    assert "It waits for a second person" in words(send(manager, "101"))
    assert points(world) == 62
    assert MARK not in words(manager.client.get(LIST))
    said = words(owner.client.get(LIST))
    assert MARK in said
    assert "+101 points Mia Moon" in said
    assert "Agree" in said
    assert "Booked." in words(decide(owner, "approve"))
    assert (points(world), MARK in words(owner.client.get(LIST))) == (163, False)
    assert "agreed by Olga" in words(manager.client.get(LIST))


@pytest.mark.parametrize(
    ("who", "verb", "said"), [("owner", "refuse", "Refused."), ("manager", "withdraw", "Withdrawn.")]
)
def test_refused_or_withdrawn_nothing_is_booked(world, manager, owner, who, verb, said):
    send(manager, "101")
    till = owner if who == "owner" else manager
    assert said in words(decide(till, verb))
    assert points(world) == 62
    assert "This was decided before." in words(decide(owner, "approve"))


def test_nobody_agrees_to_the_own_request(world, manager):
    send(manager, "101")
    page = manager.client.get(LIST)
    assert ("Withdraw" in words(page), "Agree" in words(page)) == (True, False)
    assert "You asked for this yourself." in words(decide(manager, "approve"))
    assert points(world) == 62


def enrol(world: World, name: str, email: str) -> Member:
    return enrolment.enrol(
        business=world.business, person=Person(name=name, email=email), source=MemberSource.COUNTER,
        by=world.at_counter(), at=NOW,
    )  # fmt: skip


def test_nobody_adjusts_the_own_account_or_decides_on_it(world, manager, owner):
    own = enrol(world, "Max", world.manager.email)
    page = send(manager, "5", to=url(world, account=own.account))
    assert (page.status_code, "This is your own membership." in words(page)) == (403, True)
    send(owner, "101", to=url(world, account=own.account))
    assert "Agree" not in words(manager.client.get(LIST))
    for verb in ("approve", "refuse"):
        assert "This is your own membership." in words(decide(manager, verb))
    assert Adjustment.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": ""}, "Enter how much."),
        ({"amount": "0"}, "Enter at least 1."),
        ({"why": ""}, "Choose why: the member reads it."),
        ({"why": "other"}, "Enter why: the member reads it."),
        ({"way": ""}, "Choose whether to add or to take away."),
        ({"last_good_day": "2020-01-01"}, "This day is over."),
        ({"key": "x"}, "This page is too old."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_booked(world, manager, typed, said):
    before = Posting.objects.count()
    page = send(manager, **{"amount": "5", **typed})
    assert (page.status_code, said in words(page)) == (422, True)
    assert (Posting.objects.count(), Adjustment.objects.count()) == (before, 0)


def test_sent_twice_it_is_booked_once(world, manager):
    key = uuid4()
    for _ in range(2):
        send(manager, "5", key=key)
    assert points(world) == 67


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(world, manager, owner, number, django_assert_num_queries):
    for _ in range(number):
        send(owner, "5")
        send(owner, "500")
    with django_assert_num_queries(7):
        page = manager.client.get(LIST)
    assert page.text.count("Our slip") == 0
    assert page.text.count("A slip at the till") == 2 * number
    assert ViewLog.objects.get(page="members:console-adjustments").rows == 2 * number


def test_the_list_goes_on_page_by_page(world, manager, monkeypatch):
    monkeypatch.setattr("members.views.console.adjustments.PAGE", 2)
    for amount in ("1", "2", "3"):
        send(manager, amount)
    page = manager.client.get(LIST)
    assert [text in words(page) for text in ("+3 points", "+2 points", "+1 points")] == [True, True, False]
    older = page.context["page"].older
    assert "+1 points" in words(manager.client.get(LIST + older))


def test_owners_say_how_much_one_person_may_adjust(world, owner, manager):
    settings = "/console/luna/settings/adjustments/"
    assert settings in owner.client.get("/console/luna/settings/").text
    assert settings not in manager.client.get("/console/luna/settings/").text
    assert "100" in owner.client.get(settings).text
    page = owner.client.post(settings, {"points": "0", "stamps": ""}, follow=True)
    assert "Saved: it holds from now on." in words(page)
    world.points.refresh_from_db()
    world.stamps.refresh_from_db()
    assert (world.points.adjustment_limit, world.stamps.adjustment_limit) == (0, None)
    send(manager, "1")
    assert points(world) == 62
