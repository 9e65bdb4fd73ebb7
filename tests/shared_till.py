"""Browsers that are a shared till of the world's café."""

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty.domain import staff
from loyalty.domain.actors import Actor
from loyalty.models import Channel, StaffRole
from tests.world import NOW, World

PIN = "4831"
STATES = ("handed over", "locked", "paired", "paired and in use")


def set_pin(role: StaffRole, pin: str = PIN) -> None:
    staff.set_pin(staff=role, pin=pin, by=Actor(Channel.CONSOLE, role.user, role), at=NOW)


def url(name: str, business: str = "luna") -> str:
    return reverse(name, kwargs={"business": business})


def make_till(world: World, state: str) -> Client:
    """Return a browser of the owner's that is a shared till; Cleo, the cashier, has a PIN."""
    set_pin(world.cashier_role)
    client = Client()
    client.force_login(world.owner)
    if state.startswith("paired"):
        assert client.post(url("loyalty:shared-till-pair"), {"name": "Bar tablet"}).status_code == 302
    if state == "locked":
        assert client.post(url("members:counter-lock")).status_code == 302
    if state in ("handed over", "paired and in use"):
        assert client.post(url("members:counter-till"), {"pin": PIN}).status_code == 302
    return client


def is_closed(response: HttpResponse) -> bool:
    """Return whether a page was answered with the one that leads back to the counter."""
    return response.status_code == 403 and "errors/till.html" in {each.name for each in response.templates}
