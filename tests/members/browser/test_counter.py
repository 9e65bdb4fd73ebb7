"""The till in Chromium: by keyboard, by scanner, by camera, by thumb, and without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from loyalty.domain import staff
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.domain.program import RuleDraft
from loyalty.engine import codes
from loyalty.models import Channel, Sale, StaffRole
from members.models import Member
from rewards.domain import redemptions
from rewards.models import Redemption
from tests.browser import PHONE, Visitor
from tests.members.counter import run
from tests.world import NOW, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CAMERA = """
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLMediaElement.prototype.play = async function () {};
Object.defineProperty(HTMLMediaElement.prototype, "readyState", { get: () => 4 });
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code", "aztec"]; }
  async detect() { return [{ rawValue: window.CODE }]; }
};
"""


@pytest.fixture
def world(world: World) -> World:
    world.purchase(6200)
    return world


@pytest.fixture
def till(world: World, visitor: Visitor) -> Visitor:
    visitor.sign_in(world.cashier)
    visitor.go("/counter/luna/")
    return visitor


@pytest.fixture
def plain(browser: Browser, live_server, world: World) -> Iterator[Page]:
    """The cashier with a browser that runs no JavaScript."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    visitor = Visitor(context.new_page(), live_server.url)
    visitor.sign_in(world.cashier)
    visitor.go("/counter/luna/")
    yield visitor.page
    context.close()


def set_pin(role: StaffRole, pin: str) -> None:
    staff.set_pin(staff=role, pin=pin, by=Actor(Channel.CONSOLE, role.user, role), at=NOW)


def test_a_customer_is_served_by_keyboard_alone(world, till):
    page, keyboard = till.page, till.page.keyboard
    till.type("mia")
    expect(page.locator("#found")).to_contain_text("Mia Moon")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mia Moon")
    till.type("12,50")
    expect(page.locator(".till-preview")).to_contain_text("+12 points makes 74 points")
    keyboard.press("Enter")
    expect(page.locator(".till-earned")).to_contain_text("+12 points")
    assert Sale.objects.latest("pk").total == 1250
    expect(page.get_by_role("searchbox", name="Next customer")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is it?")
    expect(page.get_by_role("searchbox", name="Find a customer")).to_be_focused()
    till.assert_clean()


def scan(till: Visitor, text: str) -> None:
    """Type as a scanner does, with Enter at the end."""
    till.type(text)
    till.page.keyboard.press("Enter")


def test_a_scanner_serves_one_after_the_other(world, till):
    page = till.page
    other = open_account(business=world.business, at=NOW)
    for account, paid in ((world.member.account, "3"), (other, "4.20")):
        scan(till, account.card_code)
        page.wait_for_url(f"**/{account.public_id}/")
        scan(till, paid)
        page.wait_for_url("**/sales/*/")
    scan(till, codes.grouped(world.member.account.card_code).lower())
    page.wait_for_url(f"**/{world.member.account.public_id}/")
    scan(till, other.card_code)
    page.wait_for_url(f"**/{other.public_id}/")
    assert Sale.objects.count() == 3


class TestNoFieldInFocus:
    """Somebody has tapped beside the field, and goes on."""

    def tap_beside(self, till: Visitor, path: str = "") -> None:
        till.go(f"/counter/luna/{path}")
        till.page.evaluate("document.activeElement.blur()")

    def test_a_scan_goes_to_the_search(self, world, till):
        self.tap_beside(till)
        till.page.keyboard.type(world.member.account.card_code)
        till.page.keyboard.press("Enter")
        expect(till.page.get_by_role("heading", level=1)).to_have_text("Mia Moon")

    def test_what_is_typed_takes_the_place_of_what_was_there(self, world, till):
        self.tap_beside(till)
        till.page.get_by_role("searchbox").fill("nobody")
        till.page.evaluate("document.activeElement.blur()")
        till.page.keyboard.type("mia")
        expect(till.page.get_by_role("searchbox")).to_have_value("mia")

    @pytest.mark.parametrize("path", ["new/", "walk-in/", "{account}/"])
    def test_a_page_without_a_search_looks_a_scan_up(self, world, till, path):
        self.tap_beside(till, path.format(account=world.member.account.public_id))
        other = open_account(business=world.business, at=NOW)
        till.page.keyboard.type(other.card_code)
        till.page.keyboard.press("Enter")
        till.page.wait_for_url(f"**/{other.public_id}/")

    def test_what_a_person_types_there_is_no_scan(self, world, till):
        self.tap_beside(till, "new/")
        till.page.keyboard.type(world.member.account.card_code, delay=80)
        till.page.keyboard.press("Enter")
        till.page.wait_for_timeout(300)
        assert till.page.url.endswith("/counter/luna/new/")


def test_arrows_go_through_what_was_found_and_the_slash_goes_back(world, till):
    page, keyboard = till.page, till.page.keyboard
    open_account(business=world.business, at=NOW, customer_number="mia")
    till.type("mia")
    hits = page.locator(".till-hits a")
    expect(hits).to_have_count(2)
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_be_focused()
    keyboard.press("ArrowUp")
    expect(hits.nth(0)).to_be_focused()
    keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mia Moon")


def test_the_lines_of_a_receipt_grow_while_they_are_typed(world, till):
    only = {"included_categories": ["tea"]}
    run(world, RuleDraft("points", "Tea only", "purchase", "per_amount", 1, per_amount=100, fields=only))
    till.go(f"/counter/luna/{world.member.account.public_id}/")
    page = till.page
    page.locator(".till-fold summary").click()
    for number in range(6):
        page.locator(f"[name=line{number}_category]").fill("tea")
        page.locator(f"[name=line{number}_amount]").fill("2")
    expect(page.locator(".till-line")).to_have_count(7)
    till.assert_clean()
    page.get_by_role("button", name="Record").click()
    page.wait_for_url("**/sales/*/")
    assert Sale.objects.latest("pk").lines.count() == 6


def test_somebody_new_is_enrolled_and_served(world, till):
    page, keyboard = till.page, till.page.keyboard
    till.type("zoe quill")
    expect(page.get_by_role("button", name="Enrol “zoe quill”")).to_be_visible()
    keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Zoe Quill")
    expect(page.get_by_label("Phone or e-mail")).to_be_focused()
    till.type("zoe@example.com")
    keyboard.press("Enter")
    expect(page.get_by_text("Welcome, Zoe Quill!")).to_be_visible()
    expect(page.get_by_label("Amount paid")).to_be_focused()
    assert Member.objects.get(email="zoe@example.com").name == "Zoe Quill"


def test_a_slip_is_undone_by_the_toast(world, till):
    till.go(f"/counter/luna/{world.member.account.public_id}/")
    till.type("12.50")
    till.page.keyboard.press("Enter")
    till.page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(till.page.locator(".toast.success", has_text="Undone")).to_be_visible()
    assert Sale.objects.latest("pk").undone_at is not None


class TestQuestions:
    """Asked below the amount while it is typed; after Enter the answer has the cursor, and Enter answers."""

    SETTLED = "new Promise((done) => setTimeout(done, 500))"

    def test_enter_answers_what_was_meant(self, world, till):
        till.go(f"/counter/luna/{world.member.account.public_id}/")
        till.type("450")
        expect(till.page.get_by_role("button", name="Record €4.50")).to_be_visible()
        till.page.keyboard.press("Enter")
        expect(till.page.get_by_role("button", name="Record €4.50")).to_be_focused()
        till.page.evaluate(self.SETTLED)
        till.page.keyboard.press("Enter")
        till.page.wait_for_url("**/sales/*/")
        assert Sale.objects.latest("pk").total == 450

    def test_the_enter_that_asks_is_not_the_one_that_answers(self, world, till):
        till.go(f"/counter/luna/{world.member.account.public_id}/")
        till.type("12345")
        till.page.keyboard.press("Enter")
        expect(till.page.get_by_role("button", name="Record €12,345.00")).to_be_focused()
        till.page.evaluate(
            "document.activeElement.dispatchEvent(new Event('click', { bubbles: true, cancelable: true }))"
        )
        assert Sale.objects.latest("pk").total == 6200

    def test_escape_goes_back_to_the_amount(self, world, till):
        till.go(f"/counter/luna/{world.member.account.public_id}/")
        till.type("12345")
        till.page.keyboard.press("Enter")
        expect(till.page.get_by_role("button", name="Record €12,345.00")).to_be_focused()
        till.page.keyboard.press("Escape")
        till.page.keyboard.type("12.50")
        expect(till.page.locator(".till-preview")).to_contain_text("+12 points")
        till.page.keyboard.press("Enter")
        till.page.wait_for_url("**/sales/*/")
        assert Sale.objects.latest("pk").total == 1250

    def test_a_manager_types_a_pin(self, world, till):
        set_pin(world.manager_role, "4831")
        type(world.business).objects.filter(pk=world.business.pk).update(sale_cap=5000)
        till.go(f"/counter/luna/{world.member.account.public_id}/")
        till.type("60")
        till.page.keyboard.press("Enter")
        expect(till.page.get_by_label("PIN of a manager")).to_be_focused()
        till.problems.clear()
        till.look_closely()
        till.page.keyboard.type("4831")
        till.page.keyboard.press("Enter")
        till.page.wait_for_url("**/sales/*/")
        assert Sale.objects.latest("pk").total == 6000

    @pytest.mark.parametrize("amount", ["450", "12345"])
    def test_asked_beforehand_and_after(self, world, till, amount):
        till.go(f"/counter/luna/{world.member.account.public_id}/")
        till.type(amount)
        till.page.wait_for_selector("#till-question")
        till.look_closely()
        till.page.keyboard.press("Enter")
        till.page.wait_for_selector("[data-answer]:focus")
        till.problems.clear()
        till.look_closely()


def test_a_double_click_gives_one_reward(world, till):
    till.go(f"/counter/luna/{world.member.account.public_id}/")
    till.page.get_by_role("button", name=re.compile("Free coffee")).dblclick()
    till.page.wait_for_url("**/vouchers/*/")
    assert Redemption.objects.count() == 1


def test_the_camera_reads_a_card(world, till):
    till.page.add_init_script(CAMERA + f"window.CODE = 'https://x.example/card/{world.member.account.card_code}';")
    till.go("/counter/luna/")
    till.page.locator("button[data-scan]").first.click()
    till.page.wait_for_url(f"**/{world.member.account.public_id}/")
    assert till.problems == []


def test_a_camera_that_is_refused_says_what_to_do_instead(world, till):
    till.page.add_init_script(CAMERA + "navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no'));")
    till.go("/counter/luna/")
    till.page.get_by_role("button", name="Scan a card with the camera").click()
    expect(
        till.page.get_by_text("The camera cannot be used here. Type the number on the card instead.")
    ).to_be_visible()
    till.assert_clean()


def test_where_no_code_can_be_read_the_camera_is_not_offered(world, till):
    expect(till.page.locator("[data-scan]")).to_be_hidden()


def test_somebody_takes_over_by_thumb(world, till):
    set_pin(world.manager_role, "4831")
    till.look(width=PHONE)
    till.page.get_by_role("link", name="Cleo").click()
    for digit in "48391":
        till.page.get_by_role("button", name=digit, exact=True).click()
        if digit == "9":
            till.page.get_by_role("button", name="Delete a digit").click()
    till.page.get_by_role("button", name="Take over").click()
    expect(till.page.get_by_text("Max is at the till.")).to_be_visible()
    till.assert_clean()


class TestEveryState:
    """No complaint of the console or axe, nothing that sticks out; on a phone and at a desk, in light and in dark."""

    @pytest.mark.parametrize("path", ["", "new/", "walk-in/", "till/"])
    def test_pages(self, world, till, path):
        till.go(f"/counter/luna/{path}")
        for fold in till.page.locator("details.till-fold > summary").all():
            fold.click()
        till.look_closely()

    def test_found_and_not_found(self, world, till):
        open_account(business=world.business, at=NOW, customer_number="mia")
        till.type("mia")
        expect(till.page.locator(".till-hits a")).to_have_count(2)
        till.look_closely()
        till.page.get_by_role("searchbox").fill("zoe quill")
        expect(till.page.get_by_text("Nobody found so far.")).to_be_visible()
        till.look_closely()
        till.page.keyboard.press("Enter")
        till.page.wait_for_selector("text=Enrol a new member")
        till.look_closely()

    def test_a_member_with_everything_and_the_receipt(self, world, till):
        account, by = world.member.account, world.at_counter()
        redemptions.redeem(reward=world.reward, account=account, key="k", by=by, at=NOW)
        world.purchase(9000)
        till.go(f"/counter/luna/{account.public_id}/")
        till.type("12.50")
        expect(till.page.locator(".till-preview")).to_contain_text("+12 points")
        till.look_closely()
        till.page.keyboard.press("Enter")
        till.page.wait_for_url("**/sales/*/")
        till.look_closely()
        till.page.get_by_role("link", name="Refund").click()
        till.page.wait_for_url("**/refund/")
        till.look_closely()

    def test_vouchers(self, world, till):
        account, by = world.member.account, world.at_counter()
        voucher = redemptions.redeem(reward=world.reward, account=account, key="k", by=by, at=NOW).voucher
        till.go(f"/counter/luna/vouchers/{voucher.public_id}/")
        till.look_closely()

    def test_refusals(self, world, till):
        for path, button in (
            (f"{world.member.account.public_id}/", "Record"),
            ("new/", "Enrol"),
            ("walk-in/", "Record"),
            ("till/", "Take over"),
        ):
            till.go(f"/counter/luna/{path}")
            till.page.get_by_role("button", name=button, exact=True).click()
            till.page.wait_for_selector("[data-error-summary]:focus")
            # The browser tells its console of every answer that is not 2xx.
            till.problems.clear()
            till.look_closely()

    def test_ones_own(self, world, till):
        Member.objects.filter(pk=world.member.pk).update(user=world.cashier)
        till.go(f"/counter/luna/{world.member.account.public_id}/")
        till.look_closely()


def test_everything_goes_without_javascript(world, plain):
    set_pin(world.cashier_role, "4831")
    plain.get_by_role("searchbox").fill("zoe")
    plain.get_by_role("button", name="Find").click()
    plain.locator("[name=contact]").fill("zoe@example.com")
    plain.get_by_role("button", name="Enrol", exact=True).click()
    plain.get_by_label("Amount paid").fill("60")
    plain.get_by_role("button", name="Record").click()
    assert "+60 points" in plain.inner_text(".till-earned")
    plain.get_by_role("button", name=re.compile("Free coffee")).click()
    assert plain.locator(".till-earned strong").count() == 1
    plain.locator("main").get_by_role("button", name="Undo").click()
    assert plain.locator(".till-receipt.undone").count() == 1
    plain.get_by_role("searchbox").fill("zoe")
    plain.get_by_role("button", name="Next").click()
    plain.get_by_role("button", name="Just a visit").click()
    plain.locator("main").get_by_role("button", name="Undo").click()
    plain.get_by_role("link", name="Till", exact=True).click()
    plain.locator("main").get_by_role("button", name=re.compile("Undo")).first.click()
    assert plain.url.endswith("/counter/luna/")
    plain.get_by_role("link", name="At the till: Cleo").click()
    plain.get_by_role("button", name="Lock the till").click()
    plain.get_by_label("PIN").fill("4831")
    plain.get_by_role("button", name="Take over").click()
    assert plain.url.endswith("/counter/luna/")
    assert [sale.undone_at is None for sale in Sale.objects.order_by("pk")] == [True, False, False]
