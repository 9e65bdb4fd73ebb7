"""The member's side in Chromium: joining, taking a reward, the card without a network; with and without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from loyalty.domain.accounts import open_account
from members.models import Member
from tests.browser import Visitor
from tests.members.newcomer import last_code
from tests.world import NOW, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(world: World) -> World:
    world.purchase(6200)
    return world


@pytest.fixture
def plain(browser: Browser, live_server) -> Iterator[Visitor]:
    """Somebody whose browser runs no JavaScript."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    yield Visitor(context.new_page(), live_server.url)
    context.close()


def join(visitor: Visitor) -> Page:
    """Join as Ana, from the public page to the overview."""
    page = visitor.page
    visitor.go("/luna/")
    page.get_by_role("link", name="Join").first.click()
    page.get_by_label("Your name").fill("Ana")
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/join/code/")
    page.get_by_label("Six-digit code").fill(last_code())
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/luna/my/")
    return page


def test_somebody_joins(world, visitor):
    page = join(visitor)
    expect(page.get_by_role("heading", name="Hello, Ana")).to_be_visible()
    expect(page.get_by_text("Welcome to Café Luna!")).to_be_visible()
    assert Member.objects.get(email="ana@example.com").name == "Ana"
    visitor.assert_clean()


def test_somebody_joins_without_javascript(world, plain):
    page = join(plain)
    assert "Hello, Ana" in page.inner_text("h1")


def test_a_reward_is_taken_and_given_back_by_the_toast(world, visitor):
    visitor.sign_in(world.member_user)
    visitor.go("/luna/my/rewards/")
    visitor.page.get_by_role("button", name="Get it for 50 points").click()
    visitor.page.wait_for_url("**/my/vouchers/*/")
    expect(visitor.page.locator(".ticket-code")).to_have_text(re.compile(r"^\w{4}-\w{4}-\w{4}$"))
    visitor.assert_clean()
    visitor.page.get_by_role("button", name="Undo").click()
    visitor.page.wait_for_url("**/my/rewards/")
    expect(visitor.page.get_by_text("Given back: 50 points.")).to_be_visible()


def test_a_reward_is_taken_and_given_back_without_javascript(world, plain):
    plain.sign_in(world.member_user)
    plain.go("/luna/my/")
    plain.page.get_by_role("button", name="Get it").click()
    plain.page.wait_for_url("**/my/vouchers/*/")
    plain.page.get_by_text("Give it back", exact=True).click()
    plain.page.get_by_role("button", name="Give the voucher back").click()
    plain.page.wait_for_url("**/my/rewards/")
    assert "Given back: 50 points." in plain.page.content()


@pytest.mark.parametrize("path", ["", "join/", "claim/"])
def test_the_pages_for_newcomers_are_clean(world, visitor, path):
    visitor.go(f"/luna/{path}")
    visitor.look_closely()


@pytest.mark.parametrize("path", ["", "activity/", "card/", "rewards/", "vouchers/", "profile/", "profile/phone/"])
def test_the_pages_of_members_are_clean(world, visitor, path):
    visitor.sign_in(world.member_user)
    visitor.go(f"/luna/my/{path}")
    for reason in visitor.page.locator(".why > summary").all():
        reason.click()
    visitor.look_closely()


def test_the_history_turns_its_pages_in_place(world, visitor):
    for _ in range(20):
        world.purchase(100)
    visitor.sign_in(world.member_user)
    visitor.go("/luna/my/activity/")
    visitor.page.get_by_role("link", name="Next").click()
    expect(visitor.page.locator(".event")).to_have_count(1)
    assert visitor.page.locator("h1").count() == 1
    assert "before=" in visitor.page.url
    visitor.page.get_by_role("link", name="Previous").click()
    expect(visitor.page.locator(".event")).to_have_count(20)
    visitor.assert_clean()


def test_all_shops_are_clean(world, visitor):
    visitor.sign_in(world.member_user)
    visitor.go("/my/")
    visitor.look_closely()


def test_what_is_wrong_gets_the_focus(world, visitor):
    visitor.go("/luna/join/")
    visitor.page.get_by_role("button", name="Join").click()
    visitor.page.wait_for_selector("[data-error-summary]:focus")
    visitor.problems.clear()  # Chromium tells the console of every 422
    visitor.look_closely()


def kept_paths(page: Page) -> list[str]:
    """What the browser keeps for when there is no network."""
    return page.evaluate(
        """async () => {
            const caught = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
            const requests = await Promise.all(caught.map((kept) => kept.keys()));
            return requests.flat().map((request) => new URL(request.url).pathname);
        }"""
    )


class TestWithoutANetwork:
    def open_card(self, visitor: Visitor) -> Page:
        """Open the card and wait until it is kept, with what it is drawn with."""
        visitor.go("/luna/my/card/")
        for _ in range(100):
            kept = kept_paths(visitor.page)
            if "/luna/my/card/" in kept and any(path.endswith(".woff2") for path in kept):
                return visitor.page
            visitor.page.wait_for_timeout(100)
        raise AssertionError(kept)

    def test_the_card_opens_all_the_same(self, world, visitor):
        visitor.sign_in(world.member_user)
        page = self.open_card(visitor)
        assert visitor.problems == []
        number = page.locator(".card-number").inner_text()
        page.context.set_offline(True)
        page.reload()
        assert page.locator(".card-number").inner_text() == number
        expect(page.get_by_text("You are offline")).to_be_visible()
        # It looks as it does with a network: style sheets, font and icon are there.
        assert page.evaluate("getComputedStyle(document.querySelector('.loyalty-card')).borderRadius") == "24px"
        assert page.evaluate("document.fonts.check('16px \"Wix Madefor Display\"')")

    def test_every_other_page_leads_to_it_and_none_is_kept(self, world, visitor):
        visitor.sign_in(world.member_user)
        page = self.open_card(visitor)
        visitor.go("/luna/my/")
        visitor.go("/luna/my/privacy/")
        assert [path for path in kept_paths(page) if "/my/" in path] == ["/luna/my/card/"]
        page.context.set_offline(True)
        visitor.go("/luna/my/")
        assert page.url.endswith("/luna/my/card/")

    def test_logging_out_forgets_it(self, world, visitor):
        visitor.sign_in(world.member_user)
        page = self.open_card(visitor)
        page.get_by_role("banner").locator("summary").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(lambda url: "/my/" not in url)
        assert "/luna/my/card/" not in kept_paths(page)
        page.context.set_offline(True)
        with pytest.raises(Exception, match="ERR_"):
            visitor.go("/luna/my/card/")

    def test_a_session_that_has_ended_forgets_it(self, world, visitor):
        visitor.sign_in(world.member_user)
        page = self.open_card(visitor)
        page.context.clear_cookies()
        visitor.go("/luna/my/card/")
        assert "/accounts/login/" in page.url
        assert "/luna/my/card/" not in kept_paths(page)

    def test_a_card_with_a_new_number_is_kept_anew(self, world, visitor):
        from loyalty.domain.actors import Actor
        from loyalty.models import Channel
        from members.domain import claims, enrolment
        from members.domain.enrolment import Person

        by = Actor(Channel.PORTAL, world.stranger)
        joined = enrolment.join(
            business=world.business, user=world.stranger, person=Person(name="Sven", email=world.stranger.email),
            by=by, at=NOW,
        )  # fmt: skip
        visitor.sign_in(world.stranger)
        page = self.open_card(visitor)
        card = open_account(business=world.business, at=NOW)
        claims.attach_card(member=joined.member, code=card.card_code, by=by, at=NOW)
        visitor.go("/luna/my/card/")
        page.context.set_offline(True)
        page.reload()
        assert page.locator(".card-number").inner_text().replace("-", "") == card.card_code
