"""The style guide, the layouts and the log-in pages in Chromium: widths, themes, keyboard, without a script."""

import pytest
from playwright.sync_api import Browser, Page, expect

from config.styleguide import LAYOUTS
from tests.browser import PHONE, Visitor, each_look
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GUIDE = "/styleguide/"
LAYOUT_PAGES = [f"/styleguide/layouts/{name}/" for name in LAYOUTS]
OPEN_PAGES = ["/accounts/login/", "/accounts/signup/"]


@pytest.fixture
def platform(visitor: Visitor, world: World) -> Visitor:
    """Platform staff, who may see the style guide."""
    visitor.sign_in(world.platform)
    return visitor


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_pages_fit_the_smallest_phone(platform: Visitor) -> None:
    platform.look(width=320)
    for path in [GUIDE, *LAYOUT_PAGES, *OPEN_PAGES]:
        platform.go(path)
        assert overflow(platform.page) <= 0, path
    assert platform.problems == []


@each_look
def test_pages_are_clean(platform: Visitor, width: int, scheme: str) -> None:
    platform.look(width=width, scheme=scheme)
    for path in [GUIDE, *LAYOUT_PAGES]:
        platform.go(path)
        assert overflow(platform.page) <= 0, path
        platform.assert_clean()


@each_look
def test_log_in_pages_are_clean(visitor: Visitor, width: int, scheme: str) -> None:
    visitor.look(width=width, scheme=scheme)
    for path in OPEN_PAGES:
        visitor.go(path)
        visitor.assert_clean()


@pytest.mark.parametrize(("colour", "scheme"), [("lemon", "light"), ("ink", "dark")])
def test_a_page_in_the_colour_of_a_business_is_clean(platform: Visitor, colour: str, scheme: str) -> None:
    platform.look(width=PHONE, scheme=scheme)
    platform.go(f"/styleguide/layouts/portal/?colour={colour}")
    platform.assert_clean()


def test_who_goes_by_keyboard_always_sees_where_they_are(platform: Visitor) -> None:
    page = platform.page
    platform.go("/styleguide/layouts/counter/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    for _ in range(12):
        ring = page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "3px" in ring, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        page.keyboard.press("Tab")


def test_menus_open_and_close_by_keyboard(platform: Visitor) -> None:
    page = platform.page
    platform.go(GUIDE)
    menu = page.locator("#menus details.menu").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_dialogs_open_take_the_focus_and_give_it_back(platform: Visitor) -> None:
    page = platform.page
    platform.go(GUIDE)
    opener = page.get_by_role("button", name="Invite somebody")
    opener.click()
    expect(page.get_by_role("dialog", name="Invite somebody")).to_be_visible()
    platform.assert_clean()
    page.keyboard.press("Escape")
    expect(page.locator("#sample-dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_keys_go_to_the_search_and_are_listed(platform: Visitor) -> None:
    page = platform.page
    platform.go("/styleguide/layouts/counter/")
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keys")
    expect(listed).to_contain_text("Find a member")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Find a member")).to_be_focused()
    page.keyboard.type("a/b?")
    expect(page.get_by_role("searchbox")).to_have_value("a/b?")


def test_what_is_wrong_takes_the_focus_and_leads_to_the_field(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/accounts/login/")
    page.get_by_label("Email").fill("nonsense")
    page.locator(".auth-card form[action='/accounts/login/'] button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert page.title().startswith("Error: ")
    expect(page.get_by_label("Email")).to_have_value("nonsense")
    visitor.assert_clean()
    page.locator("[data-error-summary] a").click()
    expect(page.get_by_label("Email")).to_be_focused()


def test_light_and_dark_are_chosen_and_kept(platform: Visitor) -> None:
    page = platform.page
    platform.look(scheme="light")
    platform.go(GUIDE)
    page.locator("[data-theme-switch] summary").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(23, 20, 18)"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator("[data-theme-switch] summary").click()
    page.get_by_role("button", name="Like my device").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") is None


def test_a_language_is_chosen_in_its_own_words(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/accounts/login/")
    page.locator("summary", has_text="English").click()
    page.get_by_role("button", name="Eesti").click()
    assert page.locator("html").get_attribute("lang") == "et"


def test_a_form_on_its_way_takes_no_second_click(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/accounts/signup/")
    page.route("**/accounts/signup/", lambda route: route.fulfill(status=204))
    button = page.locator(".auth-card form[action='/accounts/signup/'] button[type=submit]")
    page.get_by_label("Email").fill("maria@example.org")
    button.click(no_wait_after=True)
    expect(button).to_have_attribute("aria-busy", "true")
    again = "new SubmitEvent('submit', {cancelable: true, bubbles: true})"
    assert page.evaluate(f"document.querySelector('.auth-card form').dispatchEvent({again})") is False


def test_toasts_go_by_themselves_but_errors_stay(platform: Visitor) -> None:
    page = platform.page
    page.clock.install()
    platform.go(GUIDE)
    page.evaluate(
        """() => {
            const toasts = document.getElementById("messages");
            for (const kind of ["success", "error"]) {
                const toast = document.createElement("div");
                toast.className = `toast ${kind}`;
                toast.dataset.toast = "";
                toast.textContent = kind;
                toasts.append(toast);
                toast.dispatchEvent(new CustomEvent("htmx:load", {bubbles: true, detail: {elt: toast}}));
            }
        }"""
    )
    page.locator("#messages .success").hover()
    page.clock.run_for(20_000)
    expect(page.locator("#messages .success")).to_have_count(1)
    page.mouse.move(0, 0)
    page.clock.run_for(20_000)
    expect(page.locator("#messages .success")).to_have_count(0)
    expect(page.locator("#messages .error")).to_have_count(1)


def test_everything_is_there_without_javascript(browser: Browser, live_server: object, world: World) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": PHONE, "height": 800})
    visitor = Visitor(context.new_page(), live_server.url)
    visitor.sign_in(world.platform)
    visitor.go("/styleguide/layouts/console/")
    page = visitor.page
    page.locator(".topbar summary", has_text="Menu").click()
    expect(page.locator(".topbar").get_by_text("My account")).to_be_visible()
    expect(page.locator("[data-theme-switch]").first).to_be_hidden()
    expect(page.locator("[data-dismiss]").first).to_be_hidden()
    visitor.go(GUIDE)
    page.locator("#menus summary").first.click()
    expect(page.locator("#menus").get_by_role("link", name="Make a copy")).to_be_visible()
    assert visitor.problems == []
    context.close()


def test_nothing_moves_for_whoever_wants_it_still(platform: Visitor) -> None:
    platform.page.emulate_media(reduced_motion="reduce")
    platform.go(GUIDE)
    durations = platform.page.evaluate(
        "[...document.querySelectorAll('.fresh, .button, .spinner')].map(e => getComputedStyle(e))"
        ".flatMap(style => [style.animationDuration, style.transitionDuration])"
    )
    assert set(durations) <= {"0s", "0.001s", "1e-06s"}
