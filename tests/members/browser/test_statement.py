"""What people see of the ledger, in Chromium: statements, single movements, the list of members, the books."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from loyalty.domain import refunds
from loyalty.models import Posting
from rewards.domain import redemptions
from tests.browser import Visitor
from tests.world import NOW, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = 320
UNFOLD = "document.querySelectorAll('main details:not(.menu)').forEach(each => each.open = true)"


@pytest.fixture
def world(world: World) -> World:
    """The café with a busy month: purchases, a reward taken and undone, a refund."""
    first = world.purchase(6200, receipt="R-1")
    taken = redemptions.redeem(
        reward=world.reward, account=world.member.account, key=str(uuid4()), by=world.at_counter(), at=NOW
    )
    redemptions.undo(redemption=taken, key="u", by=world.at_console(), at=NOW + timedelta(minutes=1))
    refunds.refund(sale=first.sale, amount=1000, key="r", by=world.at_counter(), at=NOW, happened_at=NOW)
    return world


def look_closely(visitor: Visitor, path: str) -> None:
    """Open a page in each look and on the narrowest phone, with all that unfolds unfolded."""
    visitor.look_closely(path, prepare=UNFOLD)
    visitor.look(width=NARROW)
    visitor.page.evaluate(UNFOLD)
    assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_what_a_member_sees(world: World, visitor: Visitor):
    visitor.sign_in(world.member_user)
    look_closely(visitor, "/luna/my/statement/?unit=points&month=2026-03")
    look_closely(visitor, "/luna/my/statement/print/?unit=points&month=2026-03")
    for posting in Posting.objects.all():
        visitor.go(f"/luna/my/movements/{posting.public_id}/")
        visitor.assert_clean()


def test_what_an_owner_sees(world: World, visitor: Visitor):
    visitor.sign_in(world.owner)
    look_closely(visitor, "/console/luna/accounts/")
    look_closely(visitor, f"/console/luna/accounts/{world.member.account.public_id}/?month=2026-03")
    look_closely(visitor, f"/console/luna/movements/{Posting.objects.order_by('pk')[0].public_id}/")
    look_closely(visitor, "/console/luna/books/")


def test_another_month_is_one_choice_away(world: World, visitor: Visitor):
    visitor.sign_in(world.member_user)
    page = visitor.page
    visitor.go("/luna/my/statement/?unit=points&month=2026-03")
    expect(page.get_by_role("heading", name="March 2026")).to_be_visible()
    page.get_by_label("Month", exact=True).select_option("2026-04")
    expect(page.get_by_role("heading", name="April 2026")).to_be_visible()
    expect(page.get_by_text("A quiet month")).to_be_visible()
    page.get_by_role("link", name="March 2026").first.click()
    expect(page.get_by_role("heading", name="March 2026")).to_be_visible()


def test_somebody_is_found_while_typing(world: World, visitor: Visitor):
    visitor.sign_in(world.owner)
    page = visitor.page
    visitor.go("/console/luna/accounts/")
    page.get_by_label("Find a member").fill("nobody of this name")
    expect(page.get_by_text("Nobody found")).to_be_visible()
    page.get_by_label("Find a member").fill("moon")
    page.get_by_role("link", name="Mia Moon").click()
    expect(page.get_by_role("heading", name="Mia Moon")).to_be_visible()
