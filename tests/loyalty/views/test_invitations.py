from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty.domain import invitations, staff
from loyalty.domain.outbox import Letter
from loyalty.models import Invitation, OutboxMessage, Role, StaffRole, User
from tests.pages import has_summary, links, refused, texts, value_of
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


def seen(client: Client, link: str, user: User | None = None) -> HttpResponse:
    if user:
        client.force_login(user)
    return client.get(link)


def test_whoever_is_not_signed_in_is_told_what_it_is(client: Client, link: str) -> None:
    page = seen(client, link)
    assert (page.status_code, page.context["standing"]) == (200, "anonymous")
    assert texts(page, "h1") == ["Join the team of Café Luna"]
    assert "Olga invites you as Cashier." in page.text


def test_whoever_is_not_signed_in_is_shown_the_way_to_do_so(client: Client, link: str) -> None:
    ways = {f"{reverse(name)}?next={link}" for name in ("account_signup", "account_login")}
    assert ways <= links(seen(client, link))
    assert client.post(link, {"called": "Nina"}).url == f"{reverse('account_login')}?next={link}"


def test_the_address_is_shown_in_part_to_whoever_has_the_link(client: Client, link: str) -> None:
    page = seen(client, link).text
    assert ("n***@example.com" in page, "new@example.com" in page) == (True, False)


def test_it_is_taken_up_and_leads_to_the_counter(client: Client, link: str, new: User, world: World) -> None:
    page = seen(client, link, new)
    assert (page.status_code, value_of(page, "called")) == (200, "New")
    answer = client.post(link, {"called": "Nina"})
    row = StaffRole.objects.get(user=new)
    assert (answer.status_code, answer.url) == (302, "/counter/luna/")
    assert (row.role, row.display_name, row.business) == (Role.CASHIER, "Nina", world.business)


def test_it_is_good_once(client: Client, link: str, new: User) -> None:
    client.force_login(new)
    client.post(link, {"called": "Nina"})
    assert (client.get(link).status_code, client.post(link, {"called": "Nina"}).status_code) == (410, 410)


def test_a_name_is_asked_for(client: Client, link: str, new: User) -> None:
    client.force_login(new)
    answer = client.post(link, {"called": " "})
    assert (answer.status_code, refused(answer), has_summary(answer)) == (422, {"called": ["required"]}, True)
    assert not StaffRole.objects.filter(user=new).exists()


def test_the_wrong_log_in_is_told_so(client: Client, link: str, world: World) -> None:
    page = seen(client, link, world.stranger)
    assert (page.status_code, page.context["standing"]) == (200, "other_address")
    assert "you are signed in as sven@example.com" in page.text
    assert ("n***@example.com" in page.text, "new@example.com" in page.text) == (True, False)
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
        page = seen(client, link, new)
        posted = client.post(link, {"called": "Nina"})
    standing = "expired" if state == "expired" else "withdrawn"
    assert (page.status_code, page.context["standing"], posted.status_code) == (410, standing, 410)
    words = "they are over" if state == "expired" else "It was withdrawn."
    assert (words in page.text, "Ask Café Luna to invite you again." in page.text) == (True, True)
    assert not StaffRole.objects.filter(user=new).exists()


def test_whoever_works_there_already_is_shown_the_way(client: Client, link: str, new: User, world: World) -> None:
    staff.add(business=world.business, user=new, role=Role.CASHIER, by=world.at_console(), at=NOW)
    page = seen(client, link, new)
    assert (page.status_code, page.context["standing"]) == (200, "already_staff")
    assert "/counter/luna/" in links(page)
    assert client.post(link, {"called": "Nina"}).status_code == 403


@pytest.mark.parametrize("token", ["x", "a" * 5000, "%00", "..%2f", "'; DROP TABLE--"])
def test_a_made_up_link_is_not_found(client: Client, world: World, token: str) -> None:
    assert client.get(f"/invitations/{token}/").status_code == 404


def test_a_business_that_closed_invites_nobody(client: Client, link: str, world: World) -> None:
    type(world.business).objects.filter(pk=world.business.pk).update(closed_at=NOW)
    assert client.get(link).status_code == 404
