"""The café on a day, with somebody at its till."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from tests.members.counter import Till
from tests.world import NOW, World

NOON = NOW + timedelta(hours=2)


@pytest.fixture
def clock(world: World) -> Iterator[time_machine.Traveller]:
    """Noon of the world's day; move_to and shift move on from there."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def till(world: World, clock: time_machine.Traveller) -> Till:
    """The cashier at the till."""
    return Till(world, world.cashier)


@pytest.fixture
def manager(world: World, clock: time_machine.Traveller) -> Till:
    return Till(world, world.manager)
