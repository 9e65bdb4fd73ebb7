"""A shared till in Chromium: pairing it, serving by PIN, locking by itself, and what the browser keeps of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from loyalty.domain import shared_tills
from loyalty.models import Sale
from tests.browser import Visitor
from tests.shared_till import set_pin
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIN, DEVICES = "4831", "/console/luna/settings/shared-devices/"


@pytest.fixture
def tablet(world: World, visitor: Visitor) -> Visitor:
    """A tablet that the owner has just paired."""
    set_pin(world.cashier_role, PIN)
    visitor.sign_in(world.owner)
    visitor.go(DEVICES)
    visitor.page.fill("#pair input[name=name]", "Bar tablet")
    visitor.page.click("#pair button.primary")
    expect(visitor.page).to_have_url(re.compile("/counter/luna/till/"))
    return visitor


def enter(tablet: Visitor, pin: str = PIN) -> None:
    tablet.type(pin)
    tablet.page.keyboard.press("Enter")
    expect(tablet.page.locator(".till-who")).to_contain_text("Cleo")


def test_the_pages_of_shared_devices(world: World, visitor: Visitor) -> None:
    visitor.sign_in(world.owner)
    visitor.look_closely(DEVICES)
    set_pin(world.owner_role, PIN)
    till = shared_tills.pair(
        business=world.business, name="Bar tablet", location=world.business.locations.get(), by=world.at_console(),
        at=datetime.now(UTC),
    )  # fmt: skip
    visitor.look_closely(DEVICES)
    visitor.look_closely(f"{DEVICES}{till.public_id}/")


def test_a_purchase_on_a_paired_tablet(tablet: Visitor, world: World) -> None:
    tablet.look_closely()
    enter(tablet)
    tablet.look_closely("/counter/luna/")
    tablet.go(f"/counter/luna/{world.member.account.public_id}/")
    tablet.page.fill("input[name=amount]", "12.50")
    tablet.page.keyboard.press("Enter")
    expect(tablet.page).to_have_url(re.compile("/counter/luna/sales/"))
    assert Sale.objects.get().staff == world.cashier_role


def test_a_closed_page_leads_back(tablet: Visitor) -> None:
    enter(tablet)
    assert tablet.go("/accounts/email/").status == 403
    tablet.problems.clear()  # the browser's own word on the 403
    tablet.look_closely()
    tablet.page.click("a.primary")
    expect(tablet.page).to_have_url(re.compile("/counter/luna/$"))


def test_it_goes_to_the_pin_page_by_itself(tablet: Visitor) -> None:
    enter(tablet)
    tablet.page.clock.install()
    tablet.go("/counter/luna/walk-in/")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=601)):
        tablet.page.clock.fast_forward(598_000)
        expect(tablet.page).to_have_url(re.compile("/counter/luna/walk-in/$"))
        tablet.page.clock.fast_forward(5_000)
        expect(tablet.page).to_have_url(re.compile(r"/counter/luna/till/\?next=%2Fcounter%2Fluna%2Fwalk-in%2F$"))
        expect(tablet.page.locator(".till-who")).not_to_contain_text("Cleo")


def test_typing_keeps_it_open(tablet: Visitor) -> None:
    enter(tablet)
    tablet.page.clock.install()
    tablet.go("/counter/luna/new/")
    tablet.page.clock.fast_forward(500_000)
    with tablet.page.expect_response(re.compile("/counter/luna/till/in-use/$")) as told:
        tablet.page.keyboard.type("A")
        tablet.page.clock.fast_forward(2_000)
    assert told.value.status == 204
    tablet.page.clock.fast_forward(590_000)
    expect(tablet.page).to_have_url(re.compile("/counter/luna/new/$"))


def test_back_shows_no_console(world: World, visitor: Visitor) -> None:
    set_pin(world.cashier_role, PIN)
    visitor.sign_in(world.owner)
    visitor.go("/console/luna/team/")
    visitor.go("/counter/luna/till/")
    enter(visitor)
    for _step in range(3):
        visitor.page.go_back()
        assert "max@example.com" not in visitor.page.content()
