"""A manager gives again what ran out, through the console."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from loyalty.domain import expiry
from loyalty.domain.program import RuleDraft
from loyalty.models import Posting, PostingKind
from members.models import Member, ViewLog
from tests.members.counter import Till, words
from tests.members.views.counter.test_member import run
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


def send(till: Till, **typed: object):
    data = {"key": uuid4(), "last_good_day": "2026-04-30", "reason": "You were ill", **typed}
    return till.client.post(url(till.world), data, follow=True)


def points(world: World) -> int:
    return world.member.account.balances.get(unit=world.points).amount


def test_the_movement_leads_to_it_and_the_form_proposes_a_month(world, manager):
    assert url(world) in manager.client.get(f"/console/{world.business.slug}/movements/{expired()}/").text
    page = manager.client.get(url(world))
    assert "Ran out on Mar 21, 2026: \u221260 points" in words(page)
    assert 'value="2026-04-20"' in page.text
    assert ViewLog.objects.filter(page="members:console-reinstate", member=world.member).count() == 1


def test_it_is_given_again_and_the_member_reads_why(world, manager):
    assert "Given again. The member sees it, and why." in words(send(manager))
    assert points(world) == 60
    mia = Till(world, world.member_user)
    history = words(mia.client.get(f"/{world.business.slug}/my/activity/"))
    assert "You were ill" in history
    assert "Good until Apr 30, 2026." in history
    movement = manager.client.get(f"/console/{world.business.slug}/movements/{expired()}/").text
    assert "give-again" not in movement
    assert "It was given again before" in words(manager.client.get(url(world)))


def test_sent_twice_it_is_given_once_and_a_second_form_is_refused(world, manager):
    key = uuid4()
    for _ in range(2):
        assert send(manager, key=key).status_code == 200
    page = send(manager)
    assert (page.status_code, "It was given again before, maybe by a colleague" in words(page)) == (422, True)
    assert points(world) == 60


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"last_good_day": "2026-03-20"}, "This day is over. Enter today or a later day."),
        ({"last_good_day": "soon"}, "Enter the last day on which they are good."),
        ({"reason": " "}, "Enter why: the member reads it."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_booked(world, manager, typed, said):
    before = Posting.objects.count()
    page = send(manager, **typed)
    assert (page.status_code, said in words(page)) == (422, True)
    assert (Posting.objects.count(), points(world)) == (before, 0)


def test_after_the_days_of_the_business_it_is_over(world, manager):
    with time_machine.travel(NOW + timedelta(days=41), tick=False):
        late = Till(world, world.manager)
        assert "give-again" not in late.client.get(f"/console/{world.business.slug}/movements/{expired()}/").text
        page = send(late)
    assert (page.status_code, "It could be given again through Apr 19, 2026." in words(page)) == (422, True)
    assert points(world) == 0


def test_nobody_gives_again_to_the_own_membership(world, manager):
    Member.objects.filter(pk=world.member.pk).update(user=world.manager)
    page = send(manager)
    assert (page.status_code, "This is your own membership." in words(page)) == (403, True)
    assert points(world) == 0
