"""Browsers of the people of the world."""

import pytest
from django.test import Client

from tests.world import World


@pytest.fixture
def owner(client: Client, world: World) -> Client:
    """The owner's browser."""
    client.force_login(world.owner)
    return client


@pytest.fixture
def manager(client: Client, world: World) -> Client:
    """The manager's browser."""
    client.force_login(world.manager)
    return client


@pytest.fixture
def cashier(client: Client, world: World) -> Client:
    """The cashier's browser."""
    client.force_login(world.cashier)
    return client
