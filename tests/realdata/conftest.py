"""A fresh business with "1 point per 1.00, rounded down per receipt"."""

import pytest
from django.test import Client

from loyalty import tasks
from loyalty.domain.program import RuleDraft
from tests.loyalty.books import set_rule
from tests.realdata.owner import Owner
from tests.world import make_user, open_shop


def open_gift_shop(client: Client, slug: str = "gifts", currency: str = "GBP") -> Owner:
    role = open_shop(make_user(slug), "Gift shop", slug, currency=currency, zone="Europe/London")
    set_rule(role, RuleDraft("points", "1 point per 1.00", "purchase", "per_amount", 1, per_amount=100))
    client.force_login(role.user)
    return Owner(client, role)


@pytest.fixture(autouse=True)
def _no_till_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BREATH", 0)


@pytest.fixture
def owner(db: None, client: Client) -> Owner:
    return open_gift_shop(client)
