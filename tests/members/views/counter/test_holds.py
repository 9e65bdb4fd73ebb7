"""What the till says of an award that cannot be spent yet."""

from datetime import timedelta
from uuid import uuid4

import pytest

from loyalty.domain.program import RuleDraft
from tests.members.counter import Till, words
from tests.members.views.counter.test_member import page, run
from tests.world import World


@pytest.fixture
def held(world: World) -> World:
    run(world, RuleDraft("points", "Points", "purchase", "per_amount", 1, per_amount=100), hold_days=14)
    return world


def test_a_forecast_says_from_when_it_can_be_spent(held: World, till: Till):
    data = {"key": uuid4(), "amount": "20.00", "receipt": ""}
    said = words(till.post("preview", data, account=held.member.account.public_id))
    assert "+20 points can be spent from Mar 24, 2026" in said
    assert "makes" not in said


def test_a_receipt_names_the_day_and_adds_nothing_to_what_is_there(held: World, till: Till):
    said = words(till.client.get(till.book("20.00")["Location"]))
    assert "+20 points" in said
    assert "0 points 20 points from Mar 24, 2026" in said
    assert "Good from Mar 24, 2026." in said
    assert "+20 20 points" not in said


def test_a_customer_s_page_tells_it_apart_until_it_is_good(held: World, till: Till, clock):
    till.book("60.00")
    said = words(page(till))
    assert "0 points 60 points from Mar 24, 2026" in said
    assert "50 more for Free coffee" in said
    clock.shift(timedelta(days=14))
    said = words(page(till))
    assert "60 points" in said
    assert "Mar 24, 2026" not in said
