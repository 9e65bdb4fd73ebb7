"""A form that asks for a fresh proof, and a change of address that is undone, in a browser, on a phone and a desk."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from loyalty.models import Invitation, OutboxMessage
from tests.browser import Visitor
from tests.plugins.signing_in import let_lapse_all
from tests.step_up.codes import mailed_code
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_invitation_is_typed_once_and_done_after_the_code(visitor: Visitor, world: World) -> None:
    page = visitor.page
    visitor.sign_in(world.owner)
    let_lapse_all()
    visitor.go(reverse("loyalty:team", kwargs={"business": world.business.slug}))
    form = page.locator("form[action$='/team/invite/']")
    form.locator("[name=email]").fill("new@example.com")
    form.locator("[name=role][value=manager]").check(force=True)
    form.locator("[type=submit], button:not([type])").first.click()
    page.wait_for_url("**/accounts/fresh-code/**")
    visitor.assert_clean()
    page.locator("form:has([name=send]) button").click()
    page.locator("[name=code]").fill("AAAA-AAAA")
    page.keyboard.press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    visitor.problems.clear()
    visitor.assert_clean()
    page.locator("[name=code]").fill(mailed_code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/team/")
    assert Invitation.objects.get().email == "new@example.com"


def test_a_change_of_address_is_stopped_by_who_has_the_old_one(visitor: Visitor, world: World) -> None:
    page = visitor.page
    visitor.sign_in(world.member_user)
    visitor.go(reverse("account_email"))
    page.locator("[name=email]").last.fill("mia@new.example")
    page.locator("[name=action_add]").click()
    page.wait_for_url("**/confirm-email/**")
    page.context.clear_cookies()
    letter = OutboxMessage.objects.get(purpose="log_in.address").body
    path = re.findall(r"https?://[^/]+(/accounts/undo/\S+)", letter)[0]
    visitor.look_closely(path)
    page.locator("main form button").click()
    page.wait_for_load_state()
    visitor.look_closely()
    assert not page.locator("main form").count()
