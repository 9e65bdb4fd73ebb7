"""Corruptions of redemptions, stock and vouchers: each is found by the name of its invariant."""

from datetime import timedelta

import pytest

from rewards.domain import catalogue, redemptions, vouchers
from rewards.domain.catalogue import RewardDetails
from tests.loyalty.queries.planting import Planted, broken, execute
from tests.rewards.shop import Shop
from tests.world import NOW

pytestmark = pytest.mark.django_db

PLANTED: Planted = {
    "a redemption spent what it cost": ["UPDATE rewards_redemption SET cost = cost + 1"],
    "a redemption is undone when its spending is": ["UPDATE rewards_redemption SET undone_at = NULL"],
    "a voucher is where its redemption says": ["UPDATE rewards_voucher SET state = 'issued' WHERE state = 'cancelled'"],
    "no voucher is issued twice": ["SHADOW rewards_voucher", "UPDATE rewards_voucher SET code = 'SAME'"],
    "the stock is what was laid in less what was taken": ["UPDATE rewards_reward SET stock = stock + 1"],
    "nobody has more of a reward than one may have": ["UPDATE rewards_reward SET per_member = 1 WHERE name = 'Mug'"],
}


@pytest.fixture
def lively(shop: Shop) -> Shop:
    """A shop in which rewards were taken, used, given back, and their stock was counted anew."""
    shop.give(200)
    mug = shop.add(stock=5, per_member=4)
    shop.redeem(mug, hand_out=True)
    used = shop.redeem(mug)
    vouchers.use(voucher=used.voucher, by=shop.at_counter(), at=NOW)
    redemptions.undo(redemption=shop.redeem(mug), key=shop.key(), by=shop.at_counter(), at=NOW)
    details = RewardDetails(name="Mug", unit=shop.points, cost=10, stock=8, per_member=4)
    catalogue.change(reward=mug, details=details, by=shop.at_console(), at=NOW)
    cancelled = shop.redeem(mug)
    shop.redeem(mug)
    redemptions.cancel(voucher=cancelled.voucher, key=shop.key(), by=shop.at_counter(), at=NOW + timedelta(days=1))
    mug.refresh_from_db()
    assert mug.stock == 7
    return shop


@pytest.mark.usefixtures("lively")
def test_sound_redemptions_have_no_fault():
    assert broken(at=NOW) == {}


@pytest.mark.usefixtures("lively")
@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_corruption_is_found_by_name(invariant):
    execute(PLANTED[invariant])
    assert broken(at=NOW).get(invariant)


def test_a_limit_that_was_lowered_later_accuses_nobody(lively: Shop):
    mug = lively.business.rewards.get(name="Mug")
    details = RewardDetails(name="Mug", unit=lively.points, cost=10, stock=7, per_member=1)
    catalogue.change(reward=mug, details=details, by=lively.at_console(), at=NOW)
    assert broken(at=NOW) == {}
