"""What the till says of an award that cannot be spent yet."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from loyalty.domain.program import RuleDraft
from tests.members.counter import Till, run, words
from tests.pages import select, texts
from tests.world import World

FIRST_GOOD_DAY = date(2026, 3, 24)


@pytest.fixture
def held(world: World) -> World:
    run(world, RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100), hold_days=14)
    return world


def test_a_forecast_says_from_when_it_can_be_spent(held: World, till: Till):
    data = {"key": uuid4(), "amount": "20.00", "receipt": ""}
    response = till.post("preview", data, account=held.member.account.public_id)
    [gain] = response.context["forecast"].gains
    assert (gain.words, gain.first_good_day) == ("+20 points", FIRST_GOOD_DAY)
    [then] = texts(response, ".muted")
    assert ("Mar 24, 2026" in then, gain.then in then) == (True, False)


def test_a_receipt_names_the_day(held: World, till: Till):
    page = till.client.get(till.book("20.00")["Location"])
    assert texts(page, ".till-earned strong") == ["+20 points"]
    assert "Good from Mar 24, 2026." in words(page)


def test_a_receipt_adds_nothing_to_what_is_there(held: World, till: Till):
    page = till.client.get(till.book("20.00")["Location"])
    assert texts(page, ".till-balances .balance")[0] == "0 points"
    assert texts(page, ".till-balances .muted") == ["20 points from Mar 24, 2026"]
    assert not select(page, ".till-fresh")


def test_a_customer_s_page_tells_it_apart_until_it_is_good(held: World, till: Till, clock):
    till.book("60.00")
    page = till.customer()
    assert texts(page, ".till-balances .balance")[0] == "0 points"
    assert texts(page, ".till-balances .muted") == ["60 points from Mar 24, 2026"]
    clock.shift(timedelta(days=14))
    page = till.customer()
    assert texts(page, ".till-balances .balance")[0] == "60 points"
    assert not select(page, ".till-balances .muted")


def test_it_does_not_shorten_the_way_to_a_reward(held: World, till: Till):
    till.book("60.00")
    [bar] = select(till.customer(), ".till-balances progress")
    assert (bar["value"], bar["max"]) == ("0", "50")
