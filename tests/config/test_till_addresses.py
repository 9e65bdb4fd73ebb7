"""A shared till opens the counter of its business and what that needs: every address, by every method."""

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.fuzz.places import make_site, places
from tests.permissions.test_table import url_names
from tests.plugins.tiers import is_nightly
from tests.shared_till import is_closed, make_till

pytestmark = pytest.mark.django_db
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
OPEN = {
    "account_logout",
    "health",
    "loyalty:theme",
    "members:app-icon",
    "members:counter-enrol",
    "members:counter-hand-out",
    "members:counter-home",
    "members:counter-in-use",
    "members:counter-walk-in-preview",
    "members:counter-voucher-redo",
    "members:counter-lock",
    "members:counter-member",
    "members:counter-move",
    "members:counter-move-back",
    "members:counter-move-find",
    "members:counter-preview",
    "members:counter-refund",
    "members:counter-refund-preview",
    "members:counter-sale",
    "members:counter-sale-undo",
    "members:counter-till",
    "members:counter-voucher",
    "members:counter-voucher-undo",
    "members:counter-voucher-use",
    "members:counter-walk-in",
    "members:manifest",
    "members:service-worker",
    "set_language",
}
UNNAMED = ("/accounts/", "/admin/nothing/")


class TestEveryAddress:
    @pytest.mark.parametrize("state", ["handed over", "locked", "paired"])
    def test_is_closed_by_every_method_but_those_of_the_list(self, state: str, pytestconfig: pytest.Config) -> None:
        """By night each address by every method; in the commit tier by one, the methods taking turns."""
        site = make_site()
        found, client = places(site), make_till(site.world, state)
        closed = [place for place in found if place.name not in OPEN]
        assert {place.name.partition(":")[0] for place in closed} > {"admin", "account_email", "mfa_index", "rewards"}
        asked = [(place.path, METHODS[number % len(METHODS)]) for number, place in enumerate(closed)]
        if is_nightly(pytestconfig):
            asked = [(place.path, method) for place in closed for method in METHODS]
        answered = {each: self.ask(client, *each) for each in asked}
        assert {asked: status for asked, status in answered.items() if status not in (403, 405)} == {}
        assert {path: self.ask(client, path, "get") for path in UNNAMED} == dict.fromkeys(UNNAMED, 403)

    def ask(self, client: Client, path: str, method: str) -> int:
        return getattr(client, method)(path).status_code

    @pytest.mark.parametrize("state", ["handed over", "locked"])
    def test_of_the_list_is_open(self, state: str) -> None:
        site = make_site()
        found = {place.name: place for place in places(site)}
        for name in sorted(OPEN - {"account_logout"}):
            assert not is_closed(make_till(site.world, state).get(found[name].path)), name

    def test_of_the_counter_is_in_the_list(self) -> None:
        names = set(url_names(get_resolver()))
        assert {name for name in names if name.startswith("members:counter-")} < OPEN
        assert names > OPEN
