"""A log-in from a device that is new to somebody is told by mail, once for each device."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from loyalty import known_devices
from loyalty.domain import users
from loyalty.models import OutboxMessage, User
from tests.world import World

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


def sign_in(client: Client, user: User) -> None:
    client.post(reverse("account_request_login_code"), {"email": user.email})
    code = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    response = client.post(reverse("account_confirm_login_code"), {"code": code}, headers={"User-Agent": PHONE})
    assert client.get(reverse("mfa_index")).status_code == 200
    assert response.status_code == 302


def sign_out(client: Client) -> None:
    client.post(reverse("account_logout"))


def told() -> list[str]:
    return list(OutboxMessage.objects.filter(purpose="log_in.new_device").values_list("recipient", flat=True))


@pytest.fixture
def mia(client: Client, world: World) -> User:
    """Somebody who has signed in once, in the browser that is `client`."""
    sign_in(client, world.member_user)
    sign_out(client)
    return User.objects.get(pk=world.member_user.pk)


def test_the_first_log_in_ever_is_not_told(mia: User) -> None:
    assert told() == []


def test_the_same_browser_is_not_told(mia: User, client: Client) -> None:
    sign_in(client, mia)
    assert told() == []


def test_another_browser_is_told_once(mia: User) -> None:
    other = Client()
    sign_in(other, mia)
    sign_out(other)
    sign_in(other, mia)
    assert told() == [mia.email]


def test_the_letter_says_which_browser_and_system_and_no_network_address(mia: User) -> None:
    sign_in(Client(REMOTE_ADDR="203.0.113.7"), mia)
    message = OutboxMessage.objects.get(purpose="log_in.new_device")
    assert "Safari, iPhone" in message.body
    assert "203.0.113.7" not in message.body + message.html


def test_the_letter_is_in_the_language_of_the_person(mia: User) -> None:
    sign_in(Client(), mia)
    mia.language = "hu"
    mia.save()
    sign_in(Client(), mia)
    plain, theirs = OutboxMessage.objects.filter(purpose="log_in.new_device").order_by("pk")
    assert 'lang="hu"' in theirs.html
    assert 'lang="hu"' not in plain.html


def test_a_device_of_one_person_is_new_to_another(mia: User, client: Client, world: World) -> None:
    sign_in(Client(), world.other_member_user)
    sign_in(client, world.other_member_user)
    assert told() == [world.other_member_user.email]


def test_two_people_at_one_device_are_both_remembered(mia: User, client: Client, world: World) -> None:
    sign_in(client, world.other_member_user)
    sign_out(client)
    sign_in(client, mia)
    assert told() == []


def test_a_cookie_that_somebody_made_up_counts_for_nothing(mia: User) -> None:
    thief = Client()
    thief.cookies[known_devices.COOKIE] = signing.dumps([known_devices._mark(mia)], salt="another")
    sign_in(thief, mia)
    assert told() == [mia.email]


@pytest.mark.parametrize("kept", ["x", [1, {}], {"a": 1}, None])
def test_a_cookie_of_another_shape_is_none(mia: User, kept: object) -> None:
    browser = Client()
    browser.cookies[known_devices.COOKIE] = signing.dumps(kept, salt=known_devices.SALT)
    sign_in(browser, mia)
    assert told() == [mia.email]


def test_after_all_devices_were_signed_out_each_is_new_again(mia: User, client: Client) -> None:
    users.end_sessions(user=mia)
    sign_in(client, mia)
    assert told() == [mia.email]


def test_the_cookie_tells_nothing_and_is_out_of_reach_of_scripts(mia: User, client: Client) -> None:
    cookie = client.cookies[known_devices.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 31_536_000)
    assert mia.email not in cookie.value


def test_twin_without_the_look_at_the_cookie_everybody_is_known(mia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_devices, "is_known", lambda request, user: True)
    sign_in(Client(), mia)
    assert told() == []
