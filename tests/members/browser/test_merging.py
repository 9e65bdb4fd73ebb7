"""Merging two cards in Chromium: what comes of it fits a phone, and is clean in light and dark."""

import pytest

from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import MemberSource
from tests.browser import Visitor, each_look
from tests.world import NOW, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@each_look
def test_two_cards_are_merged_and_parted(visitor: Visitor, width: int, scheme: str):
    world = make_world()
    world.purchase(6200)
    twin = enrolment.enrol(
        business=world.business, person=Person(name="Mia M.", email="mia.m@example.com"), source=MemberSource.COUNTER,
        by=world.at_counter(), at=NOW,
    )  # fmt: skip
    world.purchase(1500, member=twin)
    visitor.sign_in(world.manager)
    visitor.look(width=width, scheme=scheme)
    page = visitor.page
    visitor.go(f"/console/luna/accounts/{world.member.account.public_id}/")
    page.get_by_role("link", name="Same person as").click()
    page.get_by_role("searchbox", name="Find a customer").last.fill("mia m")
    page.keyboard.press("Enter")
    found = page.get_by_role("link", name="Mia M.")
    found.wait_for()
    visitor.assert_clean()
    found.click()
    page.get_by_role("heading", name="Merge two cards").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.assert_clean()
    page.get_by_role("button", name="Merge them").click()
    page.get_by_role("heading", name="Merged", exact=True).wait_for()
    visitor.assert_clean()
    page.get_by_role("button", name="Undo the merge").click()
    page.get_by_role("heading", name="Parted again").wait_for()
    assert visitor.problems == []
