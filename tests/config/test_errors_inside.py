"""Who has been let into a business keeps its menu on a page that is missing or closed."""

from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty.models import User
from tests.pages import links, select, texts
from tests.shared_till import STATES, make_till
from tests.world import World

pytestmark = pytest.mark.django_db


def shown(user: User, name: str, **more: object) -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, kwargs={"business": "luna", **more}))


def start(name: str) -> str:
    return reverse(name, kwargs={"business": "luna"})


@pytest.fixture
def missing(world: World) -> HttpResponse:
    """What the owner reads where an account is not there."""
    return shown(world.owner, "members:console-account", account=uuid4())


def test_the_console_keeps_its_menu(missing):
    assert missing.status_code == 404
    assert {start("members:console-home"), start("loyalty:program"), start("loyalty:settings")} <= links(missing)


def test_the_page_has_one_heading(missing):
    assert texts(missing, "h1") == ["There is nothing here"]


def test_what_is_another_business_s_reads_as_what_is_not_there(world, missing):
    other = shown(world.owner, "members:console-account", account=world.other_member.account.public_id)
    assert (other.status_code, texts(other, "main")) == (404, texts(missing, "main"))
    assert links(other) == links(missing)


def test_a_cashier_in_the_console_is_led_to_the_counter(world):
    closed = shown(world.cashier, "members:console-accounts")
    assert closed.status_code == 403
    assert next(link["href"] for link in select(closed, ".error-inside a")) == start("members:counter-home")


def test_a_member_keeps_the_menu_of_the_own_pages(world):
    page = shown(world.member_user, "members:movement", movement=uuid4())
    assert page.status_code == 404
    assert {start("members:card"), start("members:rewards")} <= links(page)


def test_who_is_no_member_is_led_to_the_page_of_the_business(world):
    page = shown(world.owner, "members:card")
    assert page.status_code == 404
    assert [link["href"] for link in select(page, ".error-inside a")] == [start("members:home")]


def test_a_stranger_sees_no_menu_of_a_console(world):
    page = shown(world.member_user, "members:console-account", account=uuid4())
    assert (page.status_code, links(page)) == (404, {"/"})


@pytest.mark.parametrize("state", STATES)
def test_a_shared_till_sees_no_menu_of_a_console(world, state):
    page = make_till(world, state).get(start("members:console-accounts"))
    assert page.status_code == 403
    assert start("members:console-home") not in links(page)
