from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from rewards.domain import redemptions
from tests.pages import actions, links, select, texts
from tests.world import World, make_user, open_shop

HOME = "/console/luna/"


@pytest.fixture
def owner(client: Client, world: World) -> Client:
    """The owner's browser."""
    client.force_login(world.owner)
    return client


def progress(page: HttpResponse) -> tuple[str, str]:
    """Return how many steps of the set-up are done, and of how many."""
    [bar] = select(page, ".home-checklist progress")
    return bar["value"], bar["max"]


def test_a_fresh_business_shows_the_way_to_the_first_purchase(client: Client, world: World) -> None:
    ann = make_user("ann")
    open_shop(ann, "Bar", "bar")
    client.force_login(ann)
    page = client.get("/console/bar/")
    assert (progress(page), select(page, "#week")) == (("0", "5"), [])
    steps = {f"/console/bar/{path}" for path in ("setup/", "rewards/", "go-live/", "team/", "print/")}
    assert steps | {"/counter/bar/"} <= links(page)


def test_before_the_first_purchase_one_step_is_left(owner: Client, world: World) -> None:
    assert progress(owner.get(HOME)) == ("4", "5")


def test_the_first_purchase_ends_the_set_up(owner: Client, world: World) -> None:
    world.purchase(1250, at=timezone.now() - timedelta(minutes=5))
    page = owner.get(HOME)
    assert (len(select(page, ".home-checklist")), len(select(page, "#week"))) == (0, 1)
    assert "/console/luna/checklist/show/" not in actions(page)


def test_what_happened_names_the_customer_shortly(owner: Client, world: World) -> None:
    world.purchase(1250, at=timezone.now() - timedelta(minutes=5))
    page = owner.get(HOME)
    [event] = texts(page, ".event")
    assert [each in event for each in ("Mia M.", "€12.50", "+12 points, +1 stamp")] == [True, True, True]
    assert "Mia Moon" not in page.text


def test_what_others_do_is_not_shown(owner: Client, world: World) -> None:
    client = Client()
    client.force_login(world.other_owner)
    world.purchase(1250, at=timezone.now())
    assert "€12.50" not in client.get("/console/sol/").content.decode()


@pytest.mark.parametrize("purchases", [1, 3])
def test_the_page_asks_the_same_however_busy_the_shop(
    owner: Client, world: World, purchases: int, django_assert_num_queries: Any
) -> None:
    for number in range(purchases):
        world.purchase(at=timezone.now() - timedelta(minutes=number + 1))
    with django_assert_num_queries(19):
        owner.get(HOME)


def test_what_happened_leads_to_the_account_and_to_the_booking(owner: Client, world: World) -> None:
    recorded = world.purchase(6000, at=timezone.now() - timedelta(minutes=5))
    taken = redemptions.redeem(
        reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=timezone.now(),
        hand_out=True,
    )  # fmt: skip
    page = owner.get(HOME).content.decode()
    assert page.count(f'href="/console/luna/accounts/{world.member.account.public_id}/"') == 2
    assert recorded.posting
    for posting in (recorded.posting, taken.posting):
        assert f'href="/console/luna/movements/{posting.public_id}/"' in page
