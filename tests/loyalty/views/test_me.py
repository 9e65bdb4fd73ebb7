from typing import Any

import pytest
from django.test import Client

from loyalty.domain import staff
from loyalty.domain.actors import Actor
from loyalty.models import Channel, StaffRole
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
ME, PIN, LEAVE = (f"/console/luna/me/{part}" for part in ("", "pin/", "leave/"))


def cleo(world: World) -> StaffRole:
    return StaffRole.objects.get(pk=world.cashier_role.pk)


def test_everybody_names_themselves(cashier: Client, world: World) -> None:
    assert cashier.post(ME, {"display_name": "  Cleo   K. ", "location": ""}).url == ME
    assert cleo(world).display_name == "Cleo K."


@pytest.mark.parametrize(("name", "words"), [("", "Enter a name."), ("x" * 61, "Use at most 60 letters for the name.")])
def test_a_name_that_will_not_do_is_refused(cashier: Client, world: World, name: str, words: str) -> None:
    answer = cashier.post(ME, {"display_name": name})
    assert (answer.status_code, answer.content.decode().count(words)) == (422, 2)
    assert cleo(world).display_name == "Cleo"


def test_a_pin_is_set_and_never_shown_again(cashier: Client, world: World) -> None:
    page = cashier.post(PIN, {"pin": "4831", "again": "4831"}, follow=True).content.decode()
    assert ("Your PIN is set." in page, "4831" in page) == (True, False)
    assert cleo(world).pin_digest == staff.pin_digest(world.business, "4831")


@pytest.mark.parametrize(
    ("pin", "again", "words"),
    [
        ("", "", "Enter a PIN."),
        ("4831", "4832", "The two PINs differ. Type the same one twice."),
        ("12a4", "12a4", "Use digits only."),
        ("٤٨٣١", "٤٨٣١", "Use digits only."),
        ("483", "483", "Use 4 to 8 digits."),
        ("483148315", "483148315", "Use 4 to 8 digits."),
        ("4" * 30, "4" * 30, "Use 4 to 8 digits."),
        ("0000", "0000", "Digits that repeat are easy to guess. Choose another PIN."),
        ("1234", "1234", "Digits in a row are easy to guess. Choose another PIN."),
        ("1987", "1987", "A year is easy to guess. Choose another PIN."),
        ("1122", "1122", "Many people choose this PIN. Choose another one."),
        ("9073", "9073", "This PIN cannot be used here. Choose another one."),
    ],
)
def test_a_pin_that_will_not_do_is_refused(cashier: Client, world: World, pin: str, again: str, words: str) -> None:
    boss = StaffRole.objects.get(pk=world.owner_role.pk)
    staff.set_pin(staff=boss, pin="9073", by=Actor(Channel.CONSOLE, boss.user, boss), at=NOW)
    answer = cashier.post(PIN, {"pin": pin, "again": again})
    page = answer.content.decode()
    assert (answer.status_code, words in page, not pin or f'value="{pin}"' in page) == (422, True, not pin)
    assert cleo(world).pin_digest == ""


def test_nobody_learns_the_pins_of_others_by_trying(cashier: Client, world: World) -> None:
    boss = StaffRole.objects.get(pk=world.owner_role.pk)
    staff.set_pin(staff=boss, pin="9073", by=Actor(Channel.CONSOLE, boss.user, boss), at=NOW)
    for _ in range(10):
        cashier.post(PIN, {"pin": "9073", "again": "9073"})
    answer = cashier.post(PIN, {"pin": "4831", "again": "4831"})
    assert (answer.status_code, "Try again in an hour" in answer.content.decode()) == (422, True)
    assert cleo(world).pin_digest == ""


def test_leaving_is_at_once(cashier: Client, world: World) -> None:
    assert cashier.post(LEAVE).url == "/start/"
    assert cashier.get(ME).status_code == 404
    assert cleo(world).ended_at is not None


def test_the_only_owner_stays(client: Client, world: World) -> None:
    client.force_login(world.owner)
    answer = client.post(LEAVE)
    assert (answer.status_code, "You are the only owner." in answer.content.decode()) == (422, True)
    assert StaffRole.objects.get(pk=world.owner_role.pk).ended_at is None


def test_the_page_asks_little(cashier: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):
        cashier.get(ME)
