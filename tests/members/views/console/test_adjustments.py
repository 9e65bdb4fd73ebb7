"""Adjusting an account through the console: alone up to the limit, above it with a colleague."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from loyalty.domain import adjustments
from loyalty.models import Adjustment, Posting
from loyalty.queries.reasons import day_in_words
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource, ViewLog
from tests.members.counter import Till, words
from tests.pages import actions, alerts, has_summary, links, refused, select, texts, value_of
from tests.world import NOW, World

LIST = "/console/luna/adjustments/"
MARK = "something waits for you"


@pytest.fixture
def world(world: World) -> World:
    """Mia has 62 points; one person may adjust 100."""
    world.purchase(6200)
    limit(world, 100)
    return world


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


def decision(verb: str) -> str:
    return f"{LIST}{Adjustment.objects.get().public_id}/{verb}/"


def decide(till: Till, verb: str):
    return till.client.post(decision(verb), follow=True)


def test_it_is_found_from_the_account(world, manager):
    assert url(world) in links(manager.client.get(f"/console/luna/accounts/{world.member.account.public_id}/"))


def test_it_says_whose_it_is_and_how_much_goes_at_once(world, manager):
    said = words(manager.client.get(url(world)))
    assert "Mia Moon" in said
    assert "up to 100 points at once, more once a second person agrees" in said


def test_opening_it_is_noted(world, manager):
    manager.client.get(url(world))
    assert ViewLog.objects.filter(page="members:console-adjust", member=world.member).count() == 1


def test_up_to_the_limit_it_is_booked(world, manager):
    later = (timezone.now() + timedelta(days=30)).date()
    page = send(manager, "100", last_good_day=later.isoformat())
    assert (alerts(page), points(world)) == (["success"], 162)
    assert Adjustment.objects.get().last_good_day == later


def test_that_it_is_booked_is_said(world, manager):
    assert "Booked. The member sees it, and why." in words(send(manager, "100"))


def test_the_member_reads_why(world, manager):
    send(manager, "100", reason="on Monday")
    history = texts(Till(world, world.member_user).client.get("/luna/my/activity/"), ".why")[0]
    assert Adjustment.objects.get().reason in history
    assert "on Monday" in history


def test_taken_away_no_more_than_there_is(world, manager):
    page = send(manager, "63", way="remove")
    assert (page.status_code, points(world)) == (422, 62)
    assert "So much is not there: 62 points can be taken away." in words(page)


def test_all_that_is_there_can_be_taken_away(world, manager):
    send(manager, "62", way="remove")
    assert points(world) == 0


class TestAboveTheLimit:
    def test_it_waits_for_a_second_person(self, world, manager):
        page = send(manager, "101")
        assert (alerts(page), points(world)) == (["info"], 62)
        assert "It waits for a second person" in words(page)

    def test_only_the_colleague_is_told_that_something_waits(self, world, manager, owner):
        assert MARK not in words(owner.client.get(LIST))
        send(manager, "101")
        assert [MARK in words(each.client.get(LIST)) for each in (manager, owner)] == [False, True]

    def test_the_colleague_sees_what_it_is_and_decides(self, world, manager, owner):
        send(manager, "101")
        page = owner.client.get(LIST)
        assert texts(page, ".adjustment-sum") == ["+101 points Mia Moon"]
        assert {decision("approve"), decision("refuse")} <= set(actions(page))

    def test_agreed_it_is_booked(self, world, manager, owner):
        send(manager, "101")
        assert alerts(decide(owner, "approve")) == ["success"]
        assert (points(world), MARK in words(owner.client.get(LIST))) == (163, False)

    def test_the_list_says_who_agreed(self, world, manager, owner):
        send(manager, "101")
        decide(owner, "approve")
        assert "agreed by Olga" in words(manager.client.get(LIST))

    @pytest.mark.parametrize(
        ("who", "verb", "state"),
        [
            ("owner", "refuse", "refused"),
            ("manager", "withdraw", "withdrawn"),
        ],
    )
    def test_refused_or_withdrawn_nothing_is_booked(self, world, manager, owner, who, verb, state):
        send(manager, "101")
        page = decide(owner if who == "owner" else manager, verb)
        assert (alerts(page), Adjustment.objects.get().state, points(world)) == (["success"], state, 62)

    def test_what_was_decided_is_not_decided_anew(self, world, manager, owner):
        send(manager, "101")
        decide(owner, "refuse")
        assert "This was decided before." in words(decide(owner, "approve"))
        assert points(world) == 62

    def test_who_asked_can_only_withdraw(self, world, manager):
        send(manager, "101")
        offered = actions(manager.client.get(LIST))
        assert (decision("withdraw") in offered, decision("approve") in offered) == (True, False)

    def test_nobody_agrees_to_the_own_request(self, world, manager):
        send(manager, "101")
        assert "You asked for this yourself." in words(decide(manager, "approve"))
        assert points(world) == 62


def enrol(world: World, name: str, email: str) -> Member:
    return enrolment.enrol(
        business=world.business, person=Person(name=name, email=email), source=MemberSource.COUNTER,
        by=world.at_counter(), at=NOW,
    )  # fmt: skip


def test_nobody_adjusts_the_own_account(world, manager):
    own = enrol(world, "Max", world.manager.email)
    page = send(manager, "5", to=url(world, account=own.account))
    assert (page.status_code, refused(page), Adjustment.objects.count()) == (403, {"__all__": [""]}, 0)


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_nobody_decides_on_the_own_account(world, manager, owner, verb):
    own = enrol(world, "Max", world.manager.email)
    send(owner, "101", to=url(world, account=own.account))
    assert decision(verb) not in actions(manager.client.get(LIST))
    assert alerts(decide(manager, verb)) == ["error"]
    assert Adjustment.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"amount": ""}, {"amount": ["required"]}),
        ({"amount": "0"}, {"amount": ["least"]}),
        ({"why": ""}, {"why": ["required"]}),
        ({"why": "other"}, {"reason": [""]}),
        ({"way": ""}, {"way": ["required"]}),
        ({"last_good_day": "2020-01-01"}, {"last_good_day": [""]}),
        ({"key": "x"}, {"key": ["invalid"]}),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_booked(world, manager, typed, wrong):
    before = Posting.objects.count()
    page = send(manager, **{"amount": "5", **typed})
    assert (page.status_code, refused(page), has_summary(page)) == (422, wrong, True)
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
    assert len(select(page, ".adjustment-why")) == 2 * number
    assert ViewLog.objects.get(page="members:console-adjustments").rows == 2 * number


def test_the_list_goes_on_page_by_page(world, manager, monkeypatch):
    monkeypatch.setattr("members.views.console.adjustments.PAGE", 2)
    for amount in ("1", "2", "3"):
        send(manager, amount)
    page = manager.client.get(LIST)
    assert texts(page, ".adjustment-sum strong") == ["+3 points", "+2 points"]
    older = page.context["page"].older
    assert texts(manager.client.get(LIST + older), ".adjustment-sum strong") == ["+1 points"]


class TestHowMuchOnePersonMay:
    page = "/console/luna/settings/adjustments/"

    def test_it_is_for_owners_to_say(self, world, owner, manager):
        settings = "/console/luna/settings/"
        assert [self.page in links(each.client.get(settings)) for each in (owner, manager)] == [True, False]

    def test_what_holds_now_is_shown(self, world, owner):
        assert value_of(owner.client.get(self.page), "points") == "100"

    def test_it_holds_from_then_on(self, world, owner, manager):
        page = owner.client.post(self.page, {"points": "0", "stamps": ""}, follow=True)
        assert "Saved: it holds from now on." in words(page)
        world.points.refresh_from_db()
        world.stamps.refresh_from_db()
        assert (world.points.adjustment_limit, world.stamps.adjustment_limit) == (0, None)
        send(manager, "1")
        assert points(world) == 62


class TestHowLongItLasts:
    @pytest.fixture
    def yearly(self, world: World) -> World:
        world.points.expiry = "end_of_year"
        world.points.save()
        return world

    def last_day(self) -> date | None:
        return Adjustment.objects.get().last_good_day

    def test_the_day_by_the_rule_is_shown_before(self, yearly, manager):
        day = day_in_words(date(timezone.now().year, 12, 31))
        (hint,) = texts(manager.client.get(url(yearly)), "#id_last_good_day_helptext")
        assert hint.endswith(f"use by {day}.")

    def test_by_default_it_is_that_day(self, yearly, manager):
        send(manager, "5")
        assert self.last_day() == date(timezone.now().year, 12, 31)

    def test_where_that_is_checked_it_never_expires(self, yearly, manager):
        send(manager, "5", never="on")
        assert self.last_day() is None

    def test_never_and_a_day_is_a_question(self, yearly, manager):
        later = (timezone.now() + timedelta(days=30)).date()
        page = send(manager, "5", never="on", last_good_day=later.isoformat())
        assert (page.status_code, list(refused(page)), Adjustment.objects.count()) == (422, ["never"], 0)

    def test_where_there_is_no_rule_never_is_not_asked(self, world, manager):
        assert select(manager.client.get(url(world)), "[name=never]") == []
        send(manager, "5")
        assert self.last_day() is None
