"""The rows of the permission table, asked by people whom the table does not name: each is like one whom it does.

By night every row is asked by all of them; in the commit tier they take turns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from loyalty.domain import invitations, staff, users
from loyalty.domain.outbox import Letter
from loyalty.models import Role
from tests.config.test_till_addresses import OPEN
from tests.permissions import REFUSALS, Answer, Row
from tests.permissions.test_table import ROWS, Answered, send
from tests.plugins.signing_in import show
from tests.shared_till import make_till
from tests.world import NOW, World

type Dress = Callable[[World, Client], Client]


def dismissed(world: World, client: Client) -> Client:
    """A cashier whose place here ended while the browser was signed in."""
    client.force_login(world.cashier)
    staff.remove(staff=world.cashier_role, by=world.at_console(), at=NOW)
    return client


def invited(world: World, client: Client) -> Client:
    """Somebody who was invited to manage and has not said yes."""
    by = world.at_console()
    invitations.invite(
        business=world.business, email=world.stranger.email, role=Role.MANAGER, write=lambda *_: Letter("Come"), by=by,
        at=NOW,
    )  # fmt: skip
    client.force_login(world.stranger)
    return client


def suspended(world: World, client: Client) -> Client:
    """A manager whose log-in was suspended while the browser was signed in."""
    client.force_login(world.manager)
    users.set_active(user=world.manager, active=False, by=world.at_console(), at=NOW)
    return client


def with_a_factor(world: World, client: Client) -> Client:
    """A manager who signed in with a second factor."""
    client.force_login(world.manager)
    show(client, world.manager, "mfa")
    return client


def handed_over(world: World, _client: Client) -> Client:
    """The owner's browser, at which the cashier serves."""
    return make_till(world, "handed over")


def locked(world: World, _client: Client) -> Client:
    """The owner's browser, at which nobody serves."""
    return make_till(world, "locked")


@dataclass(frozen=True)
class Other:
    """Somebody whom the table does not name, and who in it gets the same."""

    dress: Dress
    like: str


ALIKE = {
    "dismissed": Other(dismissed, "stranger"),
    "invited": Other(invited, "stranger"),
    "suspended": Other(suspended, "anonymous"),
    "with a factor": Other(with_a_factor, "manager"),
    "till handed over": Other(handed_over, "cashier"),
    "till locked": Other(locked, "cashier"),
}


PIN_ENTRY = "members:counter-till"
STILL_OPEN = (PIN_ENTRY, "members:counter-lock")
ON_A_TILL = {"loyalty:theme": {404: 403}, PIN_ENTRY: {422: 302}}
"""Another answer than the cashier's: the till's own look alone is served, and its PIN is known here."""


def expected(row: Row, name: str) -> Answer:
    """Return the status of a row for somebody else; a page that a locked till opens leads to the PIN."""
    like = row.expect[ALIKE[name].like]
    if not name.startswith("till"):
        return like
    if row.url_name not in OPEN:
        return 403
    if name == "till locked" and row.url_name.startswith("members:counter-") and row.url_name not in STILL_OPEN:
        return 302
    return ON_A_TILL.get(row.url_name, {}).get(like, like)


ASKED = [
    pytest.param(row, name, id=f"{row.url_name}-{row.method}{number}-{name}",
                 marks=[pytest.mark.nightly] if number % len(ALIKE) != turn else [])
    for number, row in enumerate(ROWS)
    for turn, name in enumerate(ALIKE)
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "name"), ASKED)
def test_is_answered_like(row: Row, name: str, world: Any, client: Client) -> None:
    answered: Answered = send(row, world, ALIKE[name].dress(world, client))
    assert answered.status == expected(row, name)
    if answered.status in REFUSALS or (name == "till locked" and row.url_name not in STILL_OPEN):
        assert answered.writes == []
