"""Going live with less than before: what it takes is counted first, and a day ahead is asked for."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from loyalty.domain import program
from loyalty.models import ProgramVersion, UnitPolicy, VersionState
from loyalty.queries.program import live_version
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import MemberSource
from tests.changes import JULY, draft_cap, draft_quiet, draft_renamed
from tests.pages import links, refused, select, texts, value_of
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def now(world: World):
    world.purchase(54_000)
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def owner(client: Client, world: World, now) -> Client:
    client.force_login(world.owner)
    return client


def address() -> str:
    return reverse("rewards:go-live", kwargs={"business": "luna"})


def is_live() -> bool:
    return not ProgramVersion.objects.filter(state=VersionState.DRAFT).exists()


def test_what_is_missing_leads_back_once_it_is_mended(world: World, owner: Client) -> None:
    draft_renamed(world)
    look = reverse("loyalty:settings-look", kwargs={"business": "luna"})
    assert f"{look}?next=%2Fconsole%2Fluna%2Fgo-live%2F" in links(owner.get(address()))


def test_who_would_lose_how_much_and_when_is_said(world: World, owner: Client) -> None:
    draft_quiet(world)
    said = " ".join(texts(owner.get(address()), ".plain-words li"))
    assert "1 member would lose 540 points after Sep 23, 2026." in said


def test_who_cannot_be_written_to_is_counted_apart(world: World, owner: Client) -> None:
    world.member.email_confirmed_at = None
    world.member.save()
    draft_quiet(world)
    said = " ".join(texts(owner.get(address()), ".plain-words li"))
    assert "1 of them cannot be written to." in said


def test_who_can_be_written_to_is_not(world: World, owner: Client) -> None:
    world.member.email_confirmed_at = NOW
    world.member.save()
    draft_quiet(world)
    assert "cannot be written to" not in " ".join(texts(owner.get(address()), "li"))


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (500, "With that, 1 member would have got 40 points less since Feb 8, 2026."),
        (540, "With that, nobody would have got less since Feb 8, 2026."),
    ],
)
def test_what_a_lower_cap_would_have_kept_is_said(world: World, owner: Client, limit: int, sentence: str) -> None:
    draft_cap(world, limit)
    assert sentence in " ".join(texts(owner.get(address()), ".plain-words li"))


def test_a_day_ahead_is_suggested(world: World, owner: Client) -> None:
    draft_quiet(world)
    assert value_of(owner.get(address()), "holds_from") == "2026-03-24"


@pytest.mark.parametrize("day", ["", "2026-03-10", "2029-01-01", "soon"])
def test_without_a_day_that_leaves_time_nothing_goes_live(world: World, owner: Client, day: str) -> None:
    draft_quiet(world)
    page = owner.post(address(), {"holds_from": day})
    assert (page.status_code, list(refused(page)), is_live()) == (422, ["holds_from"], False)


def test_it_goes_live_and_holds_from_the_day(world: World, owner: Client) -> None:
    draft_quiet(world)
    owner.post(address(), {"holds_from": "2026-07-01"})
    assert (is_live(), UnitPolicy.objects.latest("pk").from_day) == (True, JULY)


def test_it_can_be_counted_for_another_day_first(world: World, owner: Client) -> None:
    draft_quiet(world)
    page = owner.post(address(), {"holds_from": "2026-07-01", "preview": "1"})
    assert "after Dec 31, 2026." in " ".join(texts(page, ".plain-words li"))
    assert not is_live()


def test_a_change_that_takes_nothing_asks_for_no_day(world: World, owner: Client) -> None:
    draft_renamed(world)
    page = owner.get(address())
    assert value_of(page, "holds_from") is None
    owner.post(address())
    assert is_live()


def test_a_draft_that_says_what_is_live_does_not_go_live(world: World, owner: Client) -> None:
    program.draft_from(version=live_version(world.business), by=world.at_console(), at=NOW)
    assert owner.post(address()).status_code == 422
    assert not is_live()


def test_the_way_on_from_such_a_draft_is_to_change_it(world: World, owner: Client) -> None:
    program.draft_from(version=live_version(world.business), by=world.at_console(), at=NOW)
    page = owner.get(address())
    assert select(page, "main form button") == []
    assert reverse("loyalty:draft", kwargs={"business": "luna"}) in links(page)


@pytest.mark.parametrize("more", [0, 3])
def test_counting_costs_the_same_however_many_hold_something(
    world: World, owner: Client, more: int, django_assert_num_queries
) -> None:
    for number in range(more):
        person = Person(name=f"M{number}", email=f"m{number}@example.com")
        member = enrolment.enrol(
            business=world.business, person=person, source=MemberSource.COUNTER, by=world.at_counter(), at=NOW
        )
        world.purchase(1_000, member=member)
    draft_quiet(world)
    owner.get(address())
    with django_assert_num_queries(31):
        owner.get(address())
