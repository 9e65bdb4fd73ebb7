"""The list of members: those who owe by themselves, and without the cards that only an undone import opened."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.loyalty.books import Books
from tests.loyalty.imports import FILE, NOW, Desk, open_desk
from tests.pages import links, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return open_desk(slug="owing")


def listed(desk: Desk, client: Client, query: str = "") -> list[str]:
    """The customer numbers that the list shows."""
    page = shown(desk, client, query)
    return sorted(row.hit.account.customer_number or "" for row in page.context["rows"])


def shown(desk: Desk, client: Client, query: str = "") -> HttpResponse:
    client.force_login(desk.role.user)
    return client.get(reverse("members:console-accounts", kwargs={"business": "owing"}) + query)


def test_whoever_owes_is_listed_by_themselves(desk: Desk, client: Client) -> None:
    batch = desk.run(FILE)
    Books(desk.role, desk.account("c1"), desk.unit).spend(5, at=NOW)
    assert (listed(desk, client), listed(desk, client, "?show=owing")) == (["c1", "c2"], [])
    desk.undo(batch)
    page = shown(desk, client, "?show=owing")
    assert [row.hit.account.customer_number for row in page.context["rows"]] == ["c1"]
    assert len(texts(page, ".accounts-held .badge")) == 1


def test_the_list_links_to_those_who_owe(desk: Desk, client: Client) -> None:
    here = reverse("members:console-accounts", kwargs={"business": "owing"})
    assert f"{here}?show=owing" in links(shown(desk, client))


def test_cards_that_only_an_undone_import_opened_are_not_listed(desk: Desk, client: Client) -> None:
    batch = desk.run(FILE)
    Books(desk.role, desk.account("c2"), desk.unit).buy(300, at=NOW + timedelta(minutes=1))
    desk.undo(batch)
    assert listed(desk, client) == ["c2"]


def test_imported_again_they_are_listed_again(desk: Desk, client: Client) -> None:
    desk.undo(desk.run(FILE))
    assert listed(desk, client) == []
    desk.run(FILE)
    assert listed(desk, client) == ["c1", "c2"]
