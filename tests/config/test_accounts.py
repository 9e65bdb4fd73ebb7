"""The log-in pages of django-allauth as this site has them."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import get_resolver, reverse

from config.accounts import AccountAdapter
from loyalty.models import User
from tests.permissions.test_table import url_names
from tests.plugins.signing_in import show
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["http://[::1", "//[", "http://evil.example/"])
@pytest.mark.parametrize("name", ["account_login", "account_signup"])
def test_nobody_is_sent_on_to_what_is_no_page_of_the_site(client: Client, name: str, asked: str):
    page = client.get(reverse(name), {"next": asked})
    assert (page.status_code, page.context["login_url"]) == (200, reverse("account_login"))


PASSWORD_PAGES = ["change", "set", "reset", "reset/done", "reset/key/1-abc", "reset/key/done"]


@pytest.mark.parametrize("place", [*(f"accounts/password/{page}" for page in PASSWORD_PAGES), "admin/password_change"])
def test_pages_of_passwords_do_not_exist(world: World, client: Client, place: str):
    client.force_login(world.platform)
    show(client, world.platform, "mfa")
    assert client.get("/admin/").status_code == 200
    assert client.get(f"/{place}/").status_code == 404


def test_no_page_of_the_site_is_about_passwords():
    assert [name for name in url_names(get_resolver()) if "password" in name] == []


def test_with_all_pages_of_the_package_there_would_be():
    assert [name for name in url_names(get_resolver("allauth.urls")) if "password" in name]


def test_a_password_from_before_lets_nobody_in(world: World, client: Client):
    User.objects.filter(pk=world.owner.pk).update(password=make_password("secret"))
    login = {"login": world.owner.email, "password": "secret"}
    client.post(reverse("account_login"), login)
    assert "_auth_user_id" not in client.session
    assert authenticate(email=world.owner.email, password="secret") is None
    client.force_login(world.owner)
    client.post(reverse("account_reauthenticate"), {"password": "secret"})
    assert "password" not in str(client.session.get("account_authentication_methods"))


def test_a_password_that_a_command_was_given_is_not_kept():
    made = User.objects.create_superuser("root@example.com", "secret")
    assert not AbstractBaseUser.has_usable_password(made)


def test_who_signs_up_a_second_time_is_sent_to_the_log_in(world: World, client: Client, monkeypatch):
    sent = []
    monkeypatch.setattr(AccountAdapter, "send_mail", lambda self, name, to, context: sent.append((name, to, context)))
    client.post(reverse("account_signup"), {"email": world.owner.email})
    url = "http://testserver" + reverse("account_login")
    assert sent == [("account/email/account_already_exists", world.owner.email, {"login_url": url})]
