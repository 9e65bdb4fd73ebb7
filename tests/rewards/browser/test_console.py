"""The pages of program and catalogue in Chromium: sound on a phone and on a desk, in light and in dark."""

import pytest
from playwright.sync_api import expect

from loyalty.domain import program, rules
from loyalty.domain.program import BonusDraft
from loyalty.queries.program import draft_version, live_version
from rewards.models import RewardState
from tests.browser import Visitor
from tests.rewards.shop import Shop
from tests.world import NOW
from tests.world import open_shop as open_business

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.give(500)
    shop.add("Mug", stock=0, per_member=2, online=False, description="Handmade")
    shop.add("Bag of beans", RewardState.DRAFT)
    shop.redeem(shop.reward)
    shop.redeem(shop.reward, hand_out=True)
    by = shop.at_console()
    program.draft_from(version=live_version(shop.business), by=by, at=NOW)
    double = BonusDraft("points", "Double Tuesday", factor_thousandths=2000, fields={"weekdays": [1]})
    rules.add(business=shop.business, piece=double, by=by, at=NOW)
    open_business(shop.owner, "Bean", "bean")
    return shop


def test_every_page_is_sound(visitor: Visitor, shop: Shop) -> None:
    visitor.sign_in(shop.owner)
    rule = draft_version(shop.business).rules.order_by("position").first()
    for path in (
        "program/", "program/?amount=7", "program/?amount=x", "program/versions/1/", "program/draft/",
        "program/draft/settings/", "program/draft/units/points/", "program/draft/units/new/",
        "program/draft/bonuses/new/", f"program/draft/rules/{rule.public_id}/", "go-live/",
        "rewards/", "rewards/?state=draft", "rewards/?state=archived", "rewards/new/",
        f"rewards/{shop.reward.public_id}/", "redemptions/", "redemptions/?state=expired",
    ):  # fmt: skip
        visitor.look_closely(f"/console/luna/{path}")
    for path in ("program/", "go-live/", "rewards/", "setup/", "setup/?at=1&does=both&go=next"):
        visitor.look_closely(f"/console/bean/{path}")


def test_the_set_up_shows_what_customers_will_see_while_typing(visitor: Visitor, shop: Shop) -> None:
    visitor.sign_in(shop.owner)
    visitor.go("/console/bean/setup/")
    page = visitor.page
    preview = page.locator("#preview")
    page.get_by_text("They come by").click()
    expect(preview.locator(".ticks li").first).to_contain_text("1 stamp")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_load_state()
    expect(page.locator("[name=unit_name]")).to_be_hidden()
    page.locator("[name=card_size]").fill("7")
    expect(preview.get_by_role("img", name="3 of 7 stamps")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_load_state()
    page.locator("[name=name]").fill("Free cut")
    expect(preview).to_contain_text("Free cut")
    expect(preview).to_contain_text("has it after 7 visits")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="Go live")).to_be_visible()
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_text("You are live.")).to_be_visible()
    visitor.assert_clean()


def test_a_reward_is_drawn_while_it_is_typed_and_undo_is_at_hand(visitor: Visitor, shop: Shop) -> None:
    visitor.sign_in(shop.owner)
    visitor.go("/console/luna/rewards/new/")
    page = visitor.page
    page.locator("[name=name]").fill("House mug")
    page.locator("[name=cost]").fill("180")
    expect(page.locator("#preview")).to_contain_text("House mug")
    expect(page.locator("#preview")).to_contain_text("180 points")
    page.get_by_role("button", name="Put into the catalogue").click()
    expect(page.get_by_role("heading", name="House mug")).to_be_visible()
    page.get_by_label("More about House mug").click()
    page.locator(".menu[open]").get_by_role("button", name="Archive").click()
    expect(page.get_by_role("heading", name="House mug")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="House mug")).to_be_visible()
    assert visitor.problems == []


def test_an_amount_is_tried_while_it_is_typed(visitor: Visitor, shop: Shop) -> None:
    visitor.sign_in(shop.owner)
    visitor.go("/console/luna/program/")
    visitor.page.get_by_label("A purchase of").fill("19.99")
    expect(visitor.page.locator("#tried")).to_contain_text("19 points and 1 stamp")
    assert visitor.problems == []
