"""Privacy pages in a browser: one click turns a switch, with JavaScript and without, and nothing is complained of."""

import pytest
from playwright.sync_api import expect

from loyalty.models import Business
from members.models import ConsentEvent
from members.queries.consent import may_contact, questions
from members.queries.links import CONFIRMATION, token
from tests.browser import Visitor, each_look
from tests.members.asking import BOXES, FITTING, NEWS_MAIL, at_the_till
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(world: World):
    at_the_till(world, dict.fromkeys(BOXES, False) | {FITTING: True})
    return world


def mail_switch(visitor):
    """Return the switch for news by e-mail."""
    business = Business.objects.get(slug="luna")
    [box] = [each for each in questions(business, "en") if (each.purpose.code, each.channel) == NEWS_MAIL]
    return visitor.page.get_by_role("switch", name=box.wording)


def kinds():
    return list(ConsentEvent.objects.order_by("pk").values_list("kind", flat=True))[3:]


def test_one_click_gives_and_one_takes_back(world, visitor):
    visitor.sign_in(world.member_user)
    visitor.go("/luna/my/privacy/")
    switch = mail_switch(visitor)
    expect(switch).not_to_be_checked()
    switch.click()
    expect(switch).to_be_checked()
    expect(switch).to_be_focused()
    expect(visitor.page.get_by_text("Saved.")).to_be_visible()
    assert may_contact(world.member, *NEWS_MAIL)
    switch.click()
    expect(switch).not_to_be_checked()
    assert kinds() == ["given", "confirmed", "withdrawn"]
    assert visitor.problems == []


def test_the_same_without_javascript(world, browser, live_server):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    visitor = Visitor(context.new_page(), live_server.url)
    visitor.sign_in(world.member_user)
    visitor.go("/luna/my/privacy/")
    for expected in ("confirmed", "withdrawn"):
        mail_switch(visitor).click()
        assert kinds()[-1] == expected
    visitor.page.get_by_role("button", name="Confirm").click()
    assert may_contact(world.member, *FITTING)
    context.close()


def test_an_owner_reads_a_new_notice_as_members_will_before_it_is_published(world, visitor):
    visitor.sign_in(world.owner)
    visitor.go("/console/luna/privacy/notice/en/")
    visitor.page.get_by_label("Text", exact=True).fill("## All new\n\n- One point")
    expect(visitor.page.locator("#preview").get_by_role("heading", name="All new")).to_be_visible()
    visitor.page.get_by_role("button", name="Review the changes").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Is this what you want to say?")
    visitor.page.get_by_role("button", name="Publish this text").click()
    expect(visitor.page.get_by_text("Version 2 is published.")).to_be_visible()
    visitor.go("/luna/privacy/")
    expect(visitor.page.get_by_role("heading", name="All new")).to_be_visible()
    assert visitor.problems == []


@each_look
def test_nothing_is_complained_of(world, visitor, width, scheme):
    visitor.look(width=width, scheme=scheme)
    receipt = ConsentEvent.objects.values_list("receipt_id", flat=True)[0]
    purpose = world.business.purposes.get(code="news").public_id
    console = "/console/luna/privacy/"
    visits = {
        world.member_user: ["/luna/my/privacy/", f"/luna/my/privacy/receipts/{receipt}/"],
        world.stranger: [
            "/luna/privacy/",
            f"/luna/preferences/{token(world.member, 'email')}/",
            f"/luna/confirm/{token(world.member, 'email', CONFIRMATION)}/",
        ],
        world.owner: [
            console,
            f"{console}answers/",
            f"{console}views/",
            f"{console}notice/en/",
            f"{console}purposes/new/",
            f"{console}purposes/{purpose}/",
        ],
    }
    for user, pages in visits.items():
        visitor.sign_in(user)
        for page in pages:
            assert visitor.go(page).status == 200
            assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
            visitor.assert_clean()
