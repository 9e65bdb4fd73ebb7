from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from loyalty.domain import invitations, staff
from loyalty.domain.outbox import Letter
from loyalty.models import Invitation, OutboxMessage, Role, StaffRole, User
from tests.world import NOW, World, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def new() -> User:
    """Whom the invitation is for."""
    return make_user("new")


@pytest.fixture
def link(world: World) -> str:
    """The address in the mail."""
    invitations.invite(
        business=world.business, email="new@example.com", role=Role.CASHIER, write=lambda _, token: Letter(token),
        by=world.at_console(), at=NOW,
    )  # fmt: skip
    return reverse("loyalty:invitation", kwargs={"token": OutboxMessage.objects.get().body})


def seen(client: Client, link: str, user: User | None = None) -> tuple[int, str]:
    if user:
        client.force_login(user)
    answer = client.get(link)
    return answer.status_code, answer.content.decode()


def test_whoever_is_not_signed_in_is_told_what_it_is_and_how_to_go_on(client: Client, link: str) -> None:
    status, page = seen(client, link)
    assert (status, "Join the team of Café Luna" in page, "Olga invites you as Cashier." in page) == (200, True, True)
    assert (f"{reverse('account_signup')}?next={link}" in page, "n***@example.com" in page) == (True, True)
    assert "new@example.com" not in page
    assert client.post(link, {"called": "Nina"}).url == f"{reverse('account_login')}?next={link}"


def test_it_is_taken_up_and_leads_to_the_counter(client: Client, link: str, new: User, world: World) -> None:
    status, page = seen(client, link, new)
    assert (status, 'value="New"' in page) == (200, True)
    answer = client.post(link, {"called": "Nina"})
    row = StaffRole.objects.get(user=new)
    assert (answer.status_code, answer.url) == (302, "/counter/luna/")
    assert (row.role, row.display_name, row.business) == (Role.CASHIER, "Nina", world.business)
    assert (seen(client, link)[0], client.post(link, {"called": "Nina"}).status_code) == (410, 410)


def test_a_name_is_asked_for(client: Client, link: str, new: User) -> None:
    client.force_login(new)
    answer = client.post(link, {"called": " "})
    assert (answer.status_code, answer.content.decode().count("Enter your name.")) == (422, 2)
    assert not StaffRole.objects.filter(user=new).exists()


def test_the_wrong_log_in_is_told_so(client: Client, link: str, world: World) -> None:
    status, page = seen(client, link, world.stranger)
    assert (status, "you are signed in as sven@example.com" in page, "n***@example.com" in page) == (200, True, True)
    assert client.post(link, {"called": "Sven"}).status_code == 403
    assert not StaffRole.objects.filter(user=world.stranger).exists()


@pytest.mark.parametrize("state", ["expired", "withdrawn", "removed inviter"])
def test_an_invitation_that_is_not_open_says_why(
    client: Client, link: str, new: User, world: World, state: str
) -> None:
    row = Invitation.objects.get()
    if state == "withdrawn":
        invitations.withdraw(invitation=row, by=world.at_console(), at=NOW)
    if state == "removed inviter":
        second = staff.change_role(staff=world.manager_role, role=Role.OWNER, by=world.at_console(), at=NOW)
        assert second.role == Role.OWNER
        staff.remove(staff=world.owner_role, by=world.at_console(), at=NOW)
    with time_machine.travel(NOW + timedelta(days=8 if state == "expired" else 1), tick=False):
        status, page = seen(client, link, new)
        posted = client.post(link, {"called": "Nina"}).status_code
    words = "they are over" if state == "expired" else "It was withdrawn."
    assert (status, words in page, "Ask Café Luna to invite you again." in page, posted) == (410, True, True, 410)
    assert not StaffRole.objects.filter(user=new).exists()


def test_whoever_works_there_already_is_shown_the_way(client: Client, link: str, new: User, world: World) -> None:
    staff.add(business=world.business, user=new, role=Role.CASHIER, by=world.at_console(), at=NOW)
    status, page = seen(client, link, new)
    assert (status, "You are in the team already" in page, 'href="/counter/luna/"' in page) == (200, True, True)
    assert client.post(link, {"called": "Nina"}).status_code == 403


@pytest.mark.parametrize("token", ["x", "a" * 5000, "%00", "..%2f", "'; DROP TABLE--"])
def test_a_made_up_link_is_not_found(client: Client, token: str) -> None:
    assert client.get(f"/invitations/{token}/").status_code == 404


def test_a_business_that_closed_invites_nobody(client: Client, link: str, world: World) -> None:
    type(world.business).objects.filter(pk=world.business.pk).update(closed_at=NOW)
    assert client.get(link).status_code == 404
