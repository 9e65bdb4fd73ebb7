"""Links in messages: opening one changes nothing, a button does, and a bad one tells nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from members.models import ConsentEvent
from members.queries.consent import may_contact
from members.queries.links import (
    CONFIRMATION,
    confirmation_url,
    preferences_url,
    read_token,
    token,
    unsubscribe_headers,
)
from tests.members.asking import FITTING, NEWS_MAIL, NEWS_SMS, answer, at_the_till
from tests.pages import select, texts
from tests.world import NOW, World

SITE = "http://localhost:8000"


@pytest.fixture
def world(world: World):
    answer(world.member, {NEWS_MAIL: True, NEWS_SMS: True, FITTING: True})
    return world


@pytest.fixture
def stranger():
    """A mail program, or somebody who is not logged in, as the real site meets them."""
    return Client(enforce_csrf_checks=True)


def path(url):
    assert url.startswith(SITE)
    return url.removeprefix(SITE)


def press(client, page):
    """Press the page's button."""
    html = client.get(page).content.decode()
    field = html.index('name="csrfmiddlewaretoken" value="') + len('name="csrfmiddlewaretoken" value="')
    return client.post(page, {"csrfmiddlewaretoken": html[field : field + 64]})


class TestPreferences:
    def test_opening_it_changes_nothing(self, world, stranger):
        before = ConsentEvent.objects.count()
        page = path(preferences_url(world.member, "email"))
        for _ in range(2):
            stranger.get(page)
            stranger.head(page)
        assert ConsentEvent.objects.count() == before

    def test_it_tells_what_is_on_for_this_channel_and_nothing_else(self, world, stranger):
        page = stranger.get(path(preferences_url(world.member, "email")))
        [choice] = page.context["on"]
        assert (choice.question.purpose.code, choice.question.channel) == NEWS_MAIL
        assert texts(page, "li[lang]") == [choice.question.wording]

    def test_it_does_not_tell_whose_it_is(self, world, stranger):
        assert "Mia" not in stranger.get(path(preferences_url(world.member, "email"))).text

    def test_the_button_takes_back_what_is_on_this_channel(self, world, stranger):
        response = press(stranger, path(preferences_url(world.member, "email")))
        assert "You keep your membership and your points" in response.content.decode()
        assert not may_contact(world.member, *NEWS_MAIL)
        assert may_contact(world.member, *FITTING)
        event = ConsentEvent.objects.last()
        assert (event.kind, event.channel, event.collection_method, event.actor, event.user) == (
            "withdrawn", "email", "link", "member", None,
        )  # fmt: skip

    def test_it_works_for_years(self, world, stranger):
        with time_machine.travel(NOW, tick=False):
            page = path(preferences_url(world.member, "email"))
        with time_machine.travel(NOW + timedelta(days=3000), tick=False):
            press(stranger, page)
        assert not may_contact(world.member, *NEWS_MAIL)

    def test_a_button_pressed_from_another_site_does_nothing(self, world, stranger):
        assert stranger.post(path(preferences_url(world.member, "email"))).status_code == 403
        assert may_contact(world.member, *NEWS_MAIL)


class TestOneClick:
    def test_a_mail_program_unsubscribes_without_a_page(self, world, stranger):
        headers = unsubscribe_headers(world.member, "email")
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        page = path(headers["List-Unsubscribe"].strip("<>"))
        response = stranger.post(page, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert not may_contact(world.member, *NEWS_MAIL)
        assert stranger.post(page).status_code == 200
        assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1

    @time_machine.travel(NOW, tick=False)
    def test_opening_it_only_leads_to_the_page_with_the_button(self, world, stranger):
        page = path(unsubscribe_headers(world.member, "email")["List-Unsubscribe"].strip("<>"))
        response = stranger.get(page)
        assert (response.status_code, response.url) == (302, path(preferences_url(world.member, "email")))
        assert may_contact(world.member, *NEWS_MAIL)


class TestConfirming:
    @pytest.fixture
    def noted(self, world):
        at_the_till(world, {NEWS_MAIL: False})
        at_the_till(world, {NEWS_MAIL: True})
        return path(confirmation_url(world.member, "email"))

    def test_opening_it_changes_nothing(self, world, noted, stranger):
        before = ConsentEvent.objects.count()
        page = stranger.get(noted)
        assert [choice.question.channel for choice in page.context["waiting"]] == ["email"]
        assert ConsentEvent.objects.count() == before
        assert not may_contact(world.member, *NEWS_MAIL)

    def test_the_button_confirms(self, world, noted, stranger):
        assert "It is confirmed" in press(stranger, noted).text
        assert may_contact(world.member, *NEWS_MAIL)

    def test_confirmed_there_is_nothing_left_to_confirm(self, noted, stranger):
        press(stranger, noted)
        page = stranger.get(noted)
        assert "There is nothing left to confirm" in page.text
        assert not select(page, "main form")

    def test_after_seven_days_it_is_too_late(self, world, noted, stranger):
        with time_machine.travel(NOW, tick=False):
            page = path(confirmation_url(world.member, "email"))
        for later, status in ((timedelta(days=6, hours=23), 200), (timedelta(days=7, seconds=1), 404)):
            with time_machine.travel(NOW + later, tick=False):
                assert stranger.get(page).status_code == status

    def test_it_is_for_the_address_it_was_sent_to(self, world, noted, stranger):
        world.member.email = "new@example.com"
        world.member.save(update_fields=["email"])
        assert stranger.get(noted).status_code == 404

    def test_a_link_to_preferences_confirms_nothing(self, world, noted, stranger):
        page = reverse("members:consent-confirm", args=["luna", token(world.member, "email")])
        assert stranger.get(page).status_code == 404


class TestBadLinks:
    @pytest.mark.parametrize("name", ["preferences", "unsubscribe", "consent-confirm"])
    @pytest.mark.parametrize("text", ["x", "a:b:c", "%00", "é" * 50, "WyJhIl0:1abc:def"])
    def test_every_bad_link_gets_one_answer(self, world, client, name, text):
        before = ConsentEvent.objects.count()
        response = client.post(reverse(f"members:{name}", args=["luna", text]))
        assert response.status_code == 404
        assert "This link does not work" in response.content.decode()
        assert ConsentEvent.objects.count() == before

    def test_a_link_of_another_business_or_of_somebody_erased_is_a_bad_link(self, world):
        text = token(world.member, "email")
        assert read_token(world.business, text).member == world.member
        assert read_token(world.other_business, text) is None
        assert read_token(world.business, token(world.member, "email", CONFIRMATION)) is None
        world.member.erased_at = NOW
        world.member.save(update_fields=["erased_at"])
        assert read_token(world.business, text) is None

    def test_a_changed_link_is_a_bad_link(self, world):
        text = token(world.member, "email")
        for n in range(0, len(text), 7):
            changed = text[:n] + ("A" if text[n] != "A" else "B") + text[n + 1 :]
            assert read_token(world.business, changed) is None
