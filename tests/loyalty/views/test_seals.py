"""The seals of the books as managers see them and take them away."""

from datetime import timedelta

import pytest

from loyalty.domain import chain
from loyalty.models import Seal
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

PAGE, FILE = "/console/luna/seals/", "/console/luna/seals.csv"


@pytest.fixture
def world(world: World, client) -> World:
    client.force_login(world.owner)
    return world


def seal(world: World, days: int) -> None:
    for day in range(days):
        world.purchase(1000)
        chain.extend()
        chain.seal(business=world.business, at=NOW + timedelta(days=day))


def test_before_the_first_it_says_when_that_comes(client, world):
    assert "The first seal is made in the night" in client.get(PAGE).text


def test_the_latest_comes_first_and_another_business_is_not_there(client, world):
    seal(world, 2)
    first, second = Seal.objects.order_by("day")
    world.purchase(1000, member=world.other_member)
    chain.extend()
    foreign = chain.seal(business=world.other_business, at=NOW)
    text = client.get(PAGE).text
    assert text.index(second.digest) < text.index(first.digest)
    assert foreign.digest not in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(client, world, number, django_assert_num_queries):
    seal(world, number)
    client.get(PAGE)
    with django_assert_num_queries(4):
        client.get(PAGE)


def test_the_file_has_every_seal(client, world):
    seal(world, 2)
    lines = b"".join(client.get(FILE).streaming_content).decode().splitlines()
    first, second = Seal.objects.order_by("day")
    assert lines[1:] == [
        f'"{second.day.isoformat()}",2,"{second.digest}"',
        f'"{first.day.isoformat()}",1,"{first.digest}"',
    ]
