from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rewards.domain import redemptions
from tests.world import World, make_user, open_shop

pytestmark = pytest.mark.django_db
HOME = "/console/luna/"


@pytest.fixture
def owner(client: Client, world: World) -> Client:
    """The owner's browser."""
    client.force_login(world.owner)
    return client


def test_a_fresh_business_shows_the_way_to_the_first_purchase(client: Client) -> None:
    ann = make_user("ann")
    open_shop(ann, "Bar", "bar")
    client.force_login(ann)
    page = client.get("/console/bar/").content.decode()
    assert ("0 of 5 done" in page, "This week" in page) == (True, False)
    for path in ("setup/", "rewards/", "go-live/", "team/", "print/"):
        assert f'href="/console/bar/{path}"' in page
    assert 'href="/counter/bar/"' in page


def test_the_first_purchase_ends_the_set_up(owner: Client, world: World) -> None:
    assert "4 of 5 done" in owner.get(HOME).content.decode()
    world.purchase(1250, at=timezone.now() - timedelta(minutes=5))
    page = owner.get(HOME).content.decode()
    assert ("Until your first purchase" in page, "This week" in page, "€12.50" in page) == (False, True, True)
    assert ("Mia M." in page, "Mia Moon" in page, "+12 points, +1 stamp" in page) == (True, False, True)
    assert "Show the set-up list again" not in page


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
    with django_assert_num_queries(17):
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
