"""The café's own people, each with a browser in the console."""

import pytest

from tests.members.counter import Till
from tests.world import World


@pytest.fixture
def manager(world: World) -> Till:
    return Till(world, world.manager)


@pytest.fixture
def owner(world: World) -> Till:
    return Till(world, world.owner)
