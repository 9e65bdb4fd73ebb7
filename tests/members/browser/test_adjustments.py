"""Adjusting an account and moving a purchase in Chromium: on a phone and at a desk, in light and dark."""

from uuid import uuid4

import pytest

from loyalty.domain import adjustments
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import MemberSource
from tests.browser import Visitor, each_look
from tests.world import NOW, World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def with_requests() -> World:
    """Mia has 62 points, and the owner asked for more than one person may add."""
    world = make_world()
    world.purchase(6200)
    by, business = world.at_console(), world.business
    adjustments.set_limits(business=business, limits={"points": 100}, by=by, at=NOW)
    world.points.refresh_from_db()
    for amount in (20, 500, -300):
        adjustments.ask(
            account=world.member.account, unit=world.points, amount=amount, reason="Our slip",
            last_good_day=None, key=str(uuid4()), by=by, at=NOW,
        )  # fmt: skip
    return world


def fits(visitor: Visitor) -> None:
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.assert_clean()


@each_look
def test_an_account_is_adjusted_and_a_colleague_agrees(visitor: Visitor, width: int, scheme: str):
    world = with_requests()
    visitor.sign_in(world.manager)
    visitor.look(width=width, scheme=scheme)
    page = visitor.page
    visitor.go(f"/console/luna/accounts/{world.member.account.public_id}/adjust/points/")
    fits(visitor)
    page.get_by_label("How much").fill("5")
    page.locator("[name=why][value=slip]").check()
    page.get_by_role("button", name="Book it").click()
    page.locator(".toast.success").wait_for()
    visitor.go("/console/luna/adjustments/")
    fits(visitor)
    page.get_by_role("button", name="Agree").first.click()
    page.get_by_text("Booked.", exact=True).wait_for()
    assert visitor.problems == []


@each_look
def test_a_purchase_is_moved(visitor: Visitor, width: int, scheme: str):
    world = make_world()
    sale = world.purchase(6200).sale
    enrolment.enrol(
        business=world.business, person=Person(name="Max Moon", email="moon@example.com"), by=world.at_counter(),
        source=MemberSource.COUNTER, at=NOW,
    )  # fmt: skip
    visitor.sign_in(world.manager)
    visitor.look(width=width, scheme=scheme)
    page = visitor.page
    visitor.go(f"/counter/luna/sales/{sale.public_id}/")
    page.get_by_role("link", name="Wrong customer? Move it").click()
    page.get_by_role("searchbox", name="Find a customer").last.fill("max")
    page.keyboard.press("Enter")
    found = page.get_by_role("link", name="Max Moon")
    found.wait_for()
    fits(visitor)
    found.click()
    page.get_by_role("heading", name="Move to the right customer").wait_for()
    fits(visitor)
    page.get_by_role("button", name="Move it").click()
    page.locator(".toast.success form").wait_for()
    assert visitor.problems == []
