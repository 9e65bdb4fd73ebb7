"""Opening and running a business in Chromium: with and without JavaScript, at every width, light and dark."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Route, expect

from loyalty.domain import invitations
from loyalty.domain.outbox import Letter
from loyalty.models import Business, Location, OutboxMessage, Role, StaffRole
from tests.browser import Visitor
from tests.pictures import picture
from tests.world import World, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"timezone_id": "Asia/Saigon"}


@pytest.fixture
def plain(browser: Browser, live_server: Any) -> Iterator[Visitor]:
    """Somebody whose browser runs no JavaScript."""
    context = browser.new_context(java_script_enabled=False, locale="hu-HU")
    yield Visitor(context.new_page(), live_server.url)
    context.close()


def test_a_business_opens_by_keyboard_with_all_its_help(visitor: Visitor) -> None:
    visitor.sign_in(make_user("ann"))
    visitor.go("/businesses/new/")
    page = visitor.page
    currency = page.get_by_role("combobox", name="Currency")
    expect(currency).to_have_value("Vietnamese Dong (VND)")  # the browser's clock told the country

    page.get_by_label("Name of the business").fill("Quán Đêm")
    expect(page.get_by_label("Address")).to_have_value("quan-dem")
    expect(page.get_by_text("quan-dem is free.")).to_be_visible()
    page.get_by_label("Address").fill("console")
    expect(page.locator("#address-answer .bad")).to_be_visible()
    page.get_by_label("Address").fill("dem")
    expect(page.get_by_text("dem is free.")).to_be_visible()
    page.get_by_label("Name of the business").fill("Quán Đêm Sài Gòn")
    page.get_by_label("In one line").fill("Open late")
    expect(page.locator(".look")).to_contain_text("Open late")
    expect(page.get_by_label("Address")).to_have_value("dem")  # what was typed stays

    currency.click()
    currency.fill("hung for")
    expect(page.locator("li[role=option]")).to_have_text(["Hungarian Forint (HUF)"])
    currency.press("Enter")
    expect(currency).to_have_value("Hungarian Forint (HUF)")
    currency.fill("nonsense")
    currency.press("Tab")
    expect(currency).to_have_value("Hungarian Forint (HUF)")  # what means nothing changes nothing
    zone = page.get_by_role("combobox", name="Time zone")
    zone.press("ArrowDown")
    zone.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]").inner_text()
    zone.press("Enter")
    expect(zone).to_have_value(chosen)
    zone.fill("buda")
    zone.press("Escape")
    expect(zone).to_have_value(chosen)

    page.locator("#id_colour").fill("#ffee00")
    expect(page.locator(".look-words")).to_contain_text("a darker shade")
    visitor.look_closely()
    page.locator("main .form-actions button[type=submit]").click()
    page.wait_for_url("**/console/dem/setup/")
    row = Business.objects.get()
    assert (row.currency, row.country, row.colour, row.name) == ("HUF", "VN", "#ffee00", "Quán Đêm Sài Gòn")
    assert row.time_zone != "Asia/Ho_Chi_Minh"


def open_with_the_guess_held(visitor: Visitor) -> list[Route]:
    held: list[Route] = []
    visitor.page.route("**/businesses/new/?zone=*", lambda route: held.append(route))
    visitor.sign_in(make_user("ann"))
    visitor.go("/businesses/new/")
    return held


def test_a_guess_that_comes_late_does_not_overrule_a_choice(visitor: Visitor) -> None:
    held, page = open_with_the_guess_held(visitor), visitor.page
    page.get_by_role("combobox", name="Country").fill("Hungary")
    page.get_by_role("combobox", name="Country").press("Enter")
    with page.expect_response("**/businesses/new/?zone=*") as late:
        held.pop().continue_()
    assert "Viet" in late.value.text()
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Country")).to_have_value("Hungary")


def test_a_guess_that_comes_late_leaves_the_field_to_who_is_about_to_type(visitor: Visitor) -> None:
    held, page = open_with_the_guess_held(visitor), visitor.page
    page.get_by_role("combobox", name="Country").focus()
    with page.expect_response("**/businesses/new/?zone=*"):
        held.pop().continue_()
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Country")).to_be_focused()


def test_what_is_wrong_takes_the_focus_and_leads_to_its_field(visitor: Visitor) -> None:
    visitor.sign_in(make_user("ann"))
    visitor.go("/businesses/new/")
    page = visitor.page
    page.get_by_role("combobox", name="Country").fill("")
    page.locator("main .form-actions button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("[data-error-summary] a[href='#id_country']").click()
    expect(page.get_by_role("combobox", name="Country")).to_be_focused()
    visitor.problems.clear()  # Chromium logs the 422
    visitor.assert_clean()


def test_a_business_opens_without_javascript(plain: Visitor) -> None:
    plain.sign_in(make_user("ann"))
    plain.go("/businesses/new/")
    page = plain.page
    assert page.locator("#id_currency").input_value() == "HUF"  # the browser's language told the country
    page.locator("#id_name").fill("Kávézó")
    page.locator("#id_language").select_option("hu")
    page.locator("#id_logo").set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": picture()})
    page.locator("main form button").last.click()
    page.wait_for_url("**/console/kavezo/setup/")
    row = Business.objects.get()
    assert (row.slug, row.currency, row.logo.name[:6]) == ("kavezo", "HUF", "logos/")


def test_the_look_is_seen_while_it_is_chosen(visitor: Visitor, world: World) -> None:
    visitor.sign_in(world.owner)
    visitor.go("/console/luna/settings/look/")
    page = visitor.page
    page.locator("#id_colour").fill("#0055aa")
    button = page.locator(".look .button.primary")
    expect(button).to_have_css("background-color", "rgb(0, 85, 170)")
    expect(page.get_by_role("button", name="Save")).not_to_have_css("background-color", "rgb(0, 85, 170)")
    visitor.look_closely()


@pytest.fixture
def full(world: World) -> World:
    """A business with everything that its pages can show."""
    now = timezone.now()
    world.purchase(1250, at=now)
    invitations.invite(
        business=world.business, email="new@example.com", role=Role.CASHIER,
        write=lambda _, token: Letter(token), by=world.at_console(), at=now,
    )  # fmt: skip
    return world


CONSOLE = (
    "", "settings/", "settings/locations/", "team/", "me/", "activity/", "print/", "print/poster/", "print/table-tent/",
    "print/crib/",
)  # fmt: skip


@pytest.mark.parametrize("path", CONSOLE)
def test_a_page_of_the_console_is_whole(full: World, visitor: Visitor, path: str) -> None:
    visitor.sign_in(full.owner)
    visitor.go(f"/console/luna/{path}")
    visitor.look_closely()


def test_the_pages_of_a_person_and_a_location_are_whole(full: World, visitor: Visitor) -> None:
    visitor.sign_in(full.owner)
    location = Location.objects.get(business=full.business)
    visitor.go(reverse("loyalty:person", kwargs={"business": "luna", "person": full.cashier_role.public_id}))
    visitor.look_closely()
    visitor.go(reverse("loyalty:settings-location", kwargs={"business": "luna", "location": location.public_id}))
    visitor.look_closely()


def test_a_set_up_that_has_begun_is_whole(full: World, visitor: Visitor) -> None:
    visitor.sign_in(full.other_owner)
    visitor.go("/console/sol/")
    expect(visitor.page.get_by_text("4 of 5 done")).to_be_visible()
    visitor.look_closely()


def test_the_welcome_page_is_whole(visitor: Visitor) -> None:
    visitor.go("/")
    visitor.look_closely()


@pytest.mark.parametrize("who", ["owner", "member_user", "stranger"])
def test_the_places_of_a_log_in_are_whole(full: World, visitor: Visitor, who: str) -> None:
    visitor.sign_in(getattr(full, who))
    visitor.go("/start/")
    visitor.look_closely()


@pytest.mark.parametrize("who", [None, "stranger"])
def test_an_invitation_is_whole(full: World, visitor: Visitor, who: str | None) -> None:
    if who:
        visitor.sign_in(getattr(full, who))
    visitor.go(f"/invitations/{OutboxMessage.objects.get().body}/")
    visitor.look_closely()


def test_an_invitation_is_taken_up(full: World, visitor: Visitor) -> None:
    new = make_user("new")
    visitor.sign_in(new)
    visitor.go(f"/invitations/{OutboxMessage.objects.get().body}/")
    visitor.page.get_by_label("Your name").fill("Nina")
    visitor.page.locator("main .form-actions button[type=submit]").click()
    visitor.page.wait_for_url("**/counter/luna/**")
    assert StaffRole.objects.get(user=new).display_name == "Nina"
    visitor.assert_clean()


def test_activity_is_narrowed_without_leaving_the_page(full: World, visitor: Visitor) -> None:
    visitor.sign_in(full.owner)
    visitor.go("/console/luna/activity/")
    page = visitor.page
    page.get_by_label("What").select_option(label="Purchases")
    expect(page.locator(".event-title")).to_have_text(["Purchase recorded"])
    assert "kind=sale" in page.url
    visitor.assert_clean()
