"""A manager gives again what ran out, through the console."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from loyalty.domain import expiry
from loyalty.domain.program import RuleDraft
from loyalty.models import Posting, PostingKind
from members.models import Member, ViewLog
from tests.members.counter import Till, run, words
from tests.pages import alerts, has_summary, links, refused, select, texts, value_of
from tests.world import NOW, World

AFTER = NOW + timedelta(days=11)


@pytest.fixture
def world(world: World) -> World:
    """60 points of Mia's were good for ten days, and have run out."""
    run(world, RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100), expiry="days",
        expiry_count=10)  # fmt: skip
    world.purchase(6000)
    expiry.expire_due(business=world.business, at=AFTER)
    return world


@pytest.fixture
def manager(world: World):
    with time_machine.travel(AFTER, tick=False):
        yield Till(world, world.manager)


def expired() -> UUID:
    return Posting.objects.get(kind=PostingKind.EXPIRY).public_id


def url(world: World) -> str:
    return f"/console/{world.business.slug}/movements/{expired()}/give-again/"


def movement(world: World) -> str:
    return f"/console/{world.business.slug}/movements/{expired()}/"


def send(till: Till, **typed: object):
    data = {"key": uuid4(), "last_good_day": "2026-04-30", "reason": "You were ill", **typed}
    return till.client.post(url(till.world), data, follow=True)


def points(world: World) -> int:
    return world.member.account.balances.get(unit=world.points).amount


def test_the_movement_leads_to_it(world, manager):
    assert url(world) in links(manager.client.get(movement(world)))


def test_it_says_what_ran_out_and_when(world, manager):
    assert "Ran out on Mar 21, 2026: \u221260 points" in words(manager.client.get(url(world)))


def test_the_form_proposes_a_month(world, manager):
    assert value_of(manager.client.get(url(world)), "last_good_day") == "2026-04-20"


def test_opening_it_is_noted(world, manager):
    manager.client.get(url(world))
    assert ViewLog.objects.filter(page="members:console-reinstate", member=world.member).count() == 1


def test_it_is_given_again(world, manager):
    page = send(manager)
    assert (alerts(page), points(world)) == (["success"], 60)
    assert "Given again. The member sees it, and why." in words(page)


def test_the_member_reads_why(world, manager):
    send(manager)
    page = Till(world, world.member_user).client.get(f"/{world.business.slug}/my/activity/")
    [why, *_] = texts(page, ".why")
    assert "You were ill" in why
    assert "Good until Apr 30, 2026." in why


def test_it_is_not_offered_again(world, manager):
    send(manager)
    assert url(world) not in links(manager.client.get(movement(world)))
    page = manager.client.get(url(world))
    assert not select(page, "[name=last_good_day]")
    assert "It was given again before, or the days in which that can be done are over." in words(page)


def test_sent_twice_it_is_given_once(world, manager):
    key = uuid4()
    for _ in range(2):
        assert send(manager, key=key).status_code == 200
    assert points(world) == 60


def test_a_second_form_is_refused(world, manager):
    send(manager)
    page = send(manager)
    assert (page.status_code, points(world)) == (422, 60)
    assert "It was given again before, maybe by a colleague" in words(page)


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [("last_good_day", "2026-03-20", "past"), ("last_good_day", "soon", "invalid"), ("reason", " ", "required")],
)
def test_what_is_wrong_is_refused_and_nothing_is_booked(world, manager, field, typed, code):
    before = Posting.objects.count()
    page = send(manager, **{field: typed})
    assert (page.status_code, refused(page), has_summary(page)) == (422, {field: [code]}, True)
    assert (Posting.objects.count(), points(world)) == (before, 0)


def test_after_the_days_of_the_business_it_is_over(world, manager):
    with time_machine.travel(NOW + timedelta(days=41), tick=False):
        late = Till(world, world.manager)
        assert url(world) not in links(late.client.get(movement(world)))
        page = send(late)
    assert (page.status_code, "It could be given again through Apr 19, 2026." in words(page)) == (422, True)
    assert points(world) == 0


def test_nobody_gives_again_to_the_own_membership(world, manager):
    Member.objects.filter(pk=world.member.pk).update(user=world.manager)
    page = send(manager)
    assert (page.status_code, refused(page)) == (403, {"__all__": [""]})
    assert points(world) == 0
