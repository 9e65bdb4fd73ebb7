"""The keys of the console: a list of them, and the menu by two letters."""

from collections import Counter

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from loyalty.models import Role
from loyalty.nav import links
from tests.browser import Visitor
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def console(world: World, visitor: Visitor) -> Page:
    visitor.sign_in(world.owner)
    visitor.go(reverse("loyalty:team", kwargs={"business": "luna"}))
    return visitor.page


def test_no_two_entries_have_the_same_key() -> None:
    menu = [
        link for name in ("console", "console-more") for link in links(name, slug="luna", roles=[Role.OWNER], path="")
    ]
    assert [key for key, times in Counter(link.key for link in menu if link.key).items() if times > 1] == []


def test_the_question_mark_lists_them(console: Page) -> None:
    console.keyboard.press("?")
    rows = console.locator("[data-shortcut-list] > div")
    expect(rows.filter(has_text="Members").locator("kbd")).to_have_text(["g", "m"])


def test_the_list_is_whole(console: Page, visitor: Visitor) -> None:
    console.keyboard.press("?")
    expect(console.get_by_role("dialog", name="Keys")).to_be_visible()
    visitor.assert_clean()


def test_two_letters_open_an_entry_of_the_menu(console: Page) -> None:
    console.keyboard.type("gm")
    console.wait_for_url(f"**{reverse('members:console-accounts', kwargs={'business': 'luna'})}")


def test_on_a_keyboard_of_another_script_too(console: Page) -> None:
    for key, code in (("п", "KeyG"), ("ь", "KeyM")):
        console.evaluate(
            "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true}))",
            [key, code],
        )
    console.wait_for_url(f"**{reverse('members:console-accounts', kwargs={'business': 'luna'})}")


def test_one_letter_opens_nothing(console: Page) -> None:
    before = console.url
    console.keyboard.type("m")
    console.wait_for_timeout(300)
    assert console.url == before


def test_what_is_typed_in_a_field_stays_there(console: Page, visitor: Visitor) -> None:
    visitor.go(reverse("members:console-accounts", kwargs={"business": "luna"}))
    field = console.get_by_role("searchbox")
    field.press_sequentially("gp")
    expect(field).to_have_value("gp")
