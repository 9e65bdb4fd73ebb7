"""The pages of announced changes: what is to come is seen and called off, what one took is given back."""

from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from loyalty.models import Balance, PolicyReturn, ProgramVersion
from loyalty.tasks import carry_out_return
from tests.changes import JULY, OVER, announce, take
from tests.pages import actions, alerts, has_summary, links, refused, texts
from tests.plugins.signing_in import let_lapse
from tests.world import NOW, World

GIVEN = {"last_good_day": "2027-03-31", "reason": "Sorry", "key": uuid4().hex}


def url(name: str, **kwargs: object) -> str:
    return reverse(f"loyalty:{name}", kwargs={"business": "luna", **kwargs})


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(OVER, tick=False) as traveller:
        yield traveller


def work() -> None:
    """Let the worker do what the page left to it."""
    for returned in PolicyReturn.objects.all():
        carry_out_return.func(returned.pk)


def points(world: World) -> int:
    return Balance.objects.get(account=world.member.account, unit=world.points).amount


def test_the_program_says_that_a_change_is_to_come(world: World, owner: Client, noon) -> None:
    announce(world)
    noon.move_to(NOW)
    owner.force_login(world.owner)
    assert url("policies-call-off") in actions(owner.get(url("program")))


def test_after_its_day_there_is_nothing_to_call_off(world: World, owner: Client) -> None:
    announce(world)
    assert url("policies-call-off") not in actions(owner.get(url("program")))


def test_a_program_without_changes_says_nothing_of_them(world: World, owner: Client) -> None:
    assert url("policies") not in links(owner.get(url("program")))


def test_a_change_is_called_off(world: World, owner: Client, noon) -> None:
    announce(world)
    noon.move_to(NOW)
    owner.force_login(world.owner)
    page = owner.post(url("policies-call-off"), follow=True)
    assert alerts(page) == ["success"]
    world.points.refresh_from_db()
    assert world.points.policy_on(JULY).kind == "never"


def test_calling_off_what_is_not_to_come_changes_nothing(world: World, owner: Client) -> None:
    before = ProgramVersion.objects.count()
    owner.post(url("policies-call-off"))
    assert ProgramVersion.objects.count() == before


def test_what_a_change_took_is_said(world: World, owner: Client) -> None:
    change = take(world)
    page = owner.get(url("policies"))
    assert any("540 points" in words for words in texts(page, "p"))
    assert url("policy-return", change=change.public_id) in links(page)


def test_without_changes_the_page_says_so(owner: Client) -> None:
    assert "No changes yet" in texts(owner.get(url("policies")), "h2")


def test_what_a_change_took_is_given_back(world: World, owner: Client) -> None:
    change = take(world)
    owner.post(url("policy-return", change=change.public_id), GIVEN)
    work()
    assert points(world) == 540


def test_sent_twice_it_is_given_back_once(world: World, owner: Client) -> None:
    change = take(world)
    for _ in range(2):
        owner.post(url("policy-return", change=change.public_id), GIVEN)
        work()
    assert (points(world), PolicyReturn.objects.count()) == (540, 1)


def test_it_asks_for_a_fresh_proof(world: World, owner: Client) -> None:
    change = take(world)
    let_lapse(owner)
    owner.post(url("policy-return", change=change.public_id), GIVEN)
    assert (points(world), PolicyReturn.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"last_good_day": "2026-12-31"}, "last_good_day"),
        ({"last_good_day": ""}, "last_good_day"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_given(world: World, owner: Client, sent: dict[str, str], field: str) -> None:
    change = take(world)
    page = owner.post(url("policy-return", change=change.public_id), GIVEN | sent)
    assert (page.status_code, list(refused(page)), PolicyReturn.objects.count()) == (422, [field], 0)


def test_once_all_is_given_back_the_page_says_so(world: World, owner: Client) -> None:
    change = take(world)
    address = url("policy-return", change=change.public_id)
    owner.post(address, GIVEN)
    work()
    page = owner.post(address, GIVEN | {"key": uuid4().hex})
    assert (page.status_code, has_summary(page), PolicyReturn.objects.count()) == (422, True, 1)


def test_a_change_of_another_business_is_not_there(world: World, client: Client) -> None:
    change = take(world)
    client.force_login(world.other_owner)
    address = reverse("loyalty:policy-return", kwargs={"business": "sol", "change": change.public_id})
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("more", [0, 3])
def test_the_page_costs_the_same_however_many_cards_lost_something(
    world: World, owner: Client, more: int, django_assert_num_queries
) -> None:
    for _ in range(more):
        world.purchase(1_000, member=world.member)
    take(world)
    owner.get(url("policies"))
    with django_assert_num_queries(7):
        owner.get(url("policies"))


def test_the_activity_log_says_what_changed_from_which_day(world: World, owner: Client) -> None:
    announce(world)
    page = owner.get(url("activity"))
    assert "Holds from: nothing → Jul 1, 2026" in " ".join(texts(page, "li"))


def test_the_activity_log_says_what_was_given_back(world: World, owner: Client) -> None:
    change = take(world)
    owner.post(url("policy-return", change=change.public_id), GIVEN)
    assert "Use by: nothing → Mar 31, 2027" in " ".join(texts(owner.get(url("activity")), "li"))
