"""Who may open the pages that packages bring: the back office, and a log-in's own pages."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.permissions import ACTORS
from tests.permissions.test_actors import ALIKE

LISTS = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [*ACTORS, *(pytest.param(actor, marks=pytest.mark.nightly) for actor in ALIKE)])
@pytest.mark.parametrize("url_name", ["admin:index", *LISTS])
def test_the_back_office_is_closed_to_all_but_platform_staff(
    url_name: str, actor: str, world: Any, client: Client
) -> None:
    if actor in ALIKE:
        client = ALIKE[actor].dress(world, client)
    elif login := ACTORS[actor]:
        client.force_login(getattr(world, login))
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse(url_name))
    assert response.status_code in (302, 403, 404)
    if response.status_code == 302:
        assert response.url.startswith((reverse("admin:login"), reverse("account_login")))
    assert [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []


@pytest.mark.django_db
@pytest.mark.parametrize("url_name", ["account_email", "mfa_index", "usersessions_list"])
def test_a_log_in_of_ones_own_is_needed_for_its_pages(url_name: str, client: Client) -> None:
    response = client.get(reverse(url_name))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
