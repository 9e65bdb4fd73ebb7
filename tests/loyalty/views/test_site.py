from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from loyalty.domain import staff
from loyalty.models import Role
from tests.world import NOW, World, make_user, open_shop

pytestmark = pytest.mark.django_db
START = "/start/"


def page_of(client: Client, user: object, path: str = START) -> str:
    client.force_login(user)
    return client.get(path).content.decode()


def test_a_stranger_is_told_what_this_is(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Know your regulars" in page
    assert reverse("account_signup") in page


def test_whoever_is_signed_in_finds_the_way_on(client: Client, world: World) -> None:
    page = page_of(client, world.owner, "/")
    assert (reverse("account_signup") in page, START in page) == (False, True)


def test_a_new_log_in_is_offered_a_business(client: Client) -> None:
    page = page_of(client, make_user("ann"))
    assert ("Nothing here yet" in page, "/businesses/new/" in page) == (True, True)


def test_staff_find_their_businesses_with_the_right_doors(client: Client, world: World) -> None:
    page = page_of(client, world.cashier)
    assert ("Café Luna" in page, "Cashier" in page, "Salon Sol" in page) == (True, True, False)
    assert ('href="/counter/luna/"' in page, 'href="/console/luna/"' in page) == (True, False)
    assert 'href="/console/luna/"' in page_of(client, world.owner)


def test_members_find_their_shops_with_what_they_hold(client: Client, world: World) -> None:
    world.purchase(1200)
    page = page_of(client, world.member_user)
    assert ("Café Luna" in page, "12 points · 1 stamp" in page, "Salon Sol" in page) == (True, True, False)
    assert 'href="/luna/my/"' in page


def test_whoever_was_removed_no_longer_finds_it(client: Client, world: World) -> None:
    staff.remove(staff=world.cashier_role, by=world.at_console(), at=NOW)
    assert "Café Luna" not in page_of(client, world.cashier)


@pytest.mark.parametrize("businesses", [1, 3])
def test_the_list_asks_the_same_however_long_it_is(
    client: Client, businesses: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ann = make_user("ann")
    for number in range(businesses):
        open_shop(ann, f"Shop {number}", f"shop-{number}")
    client.force_login(ann)
    with django_assert_num_queries(4):
        client.get(START)


def test_not_now_lasts_a_session_and_goes_back(client: Client, world: World) -> None:
    home = "/console/luna/"
    later = reverse("loyalty:second-factor-later")
    assert "second step" in page_of(client, world.owner, home)
    answer = client.post(later, {"next": home})
    assert (answer.status_code, answer.url) == (302, home)
    assert "second step" not in client.get(home).content.decode()
    assert Session.objects.count() == 1
    assert "second step" in page_of(Client(), world.owner, home)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_not_now_never_leads_off_the_site(client: Client, world: World, elsewhere: str) -> None:
    client.force_login(world.owner)
    assert client.post(reverse("loyalty:second-factor-later"), {"next": elsewhere}).url == START


def test_whoever_has_a_second_factor_is_not_asked(client: Client, world: World) -> None:
    from allauth.mfa.models import Authenticator

    row = Authenticator.objects.create(user=world.owner, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert "second step" in page_of(client, world.owner, "/console/luna/")
    Authenticator.objects.filter(pk=row.pk).update(type=Authenticator.Type.TOTP)
    assert "second step" not in page_of(client, world.owner, "/console/luna/")


def test_a_role_taken_away_counts_at_once_mid_session(client: Client, world: World) -> None:
    client.force_login(world.manager)
    assert client.get("/console/luna/team/").status_code == 200
    staff.change_role(staff=world.manager_role, role=Role.CASHIER, by=world.at_console(), at=NOW)
    assert client.get("/console/luna/team/").status_code == 403
    staff.remove(staff=world.manager_role, by=world.at_console(), at=NOW + timedelta(minutes=1))
    assert client.get("/console/luna/team/").status_code == 404
    assert client.get("/console/luna/me/").status_code == 404
