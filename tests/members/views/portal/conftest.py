"""Who comes to the café's own pages: a member, and a visitor."""

import pytest
from django.test import Client

from tests.members.newcomer import Newcomer
from tests.world import World


@pytest.fixture
def mia(world: World) -> Newcomer:
    """The member, logged in."""
    client = Client()
    client.force_login(world.member_user)
    return Newcomer(world.business, client)


@pytest.fixture
def ana(world: World) -> Newcomer:
    """Somebody whom nobody knows yet."""
    return Newcomer(world.business)
