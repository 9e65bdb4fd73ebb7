"""The log-in pages of django-allauth as this site has them."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["http://[::1", "//[", "http://evil.example/"])
@pytest.mark.parametrize("name", ["account_login", "account_signup"])
def test_nobody_is_sent_on_to_what_is_no_page_of_the_site(client: Client, name: str, asked: str):
    page = client.get(reverse(name), {"next": asked})
    assert (page.status_code, page.context["login_url"]) == (200, reverse("account_login"))
