"""Browsers of the people of the shop."""

import pytest
from django.test import Client

from tests.rewards.shop import Shop


@pytest.fixture
def manager(client: Client, shop: Shop) -> Client:
    """The manager's browser."""
    client.force_login(shop.manager)
    return client
