"""The catalogue and redemptions as staff list them."""

from datetime import date, timedelta

import pytest

from rewards.domain import redemptions, vouchers
from rewards.models import RewardState, VoucherState
from rewards.queries import listing
from tests.rewards.shop import Shop
from tests.world import NOW

TODAY = date(2026, 3, 10)


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.give(500)
    return shop


def test_rewards_with_how_often_they_were_taken(shop: Shop, django_assert_num_queries) -> None:
    mug = shop.add()
    shop.redeem(mug)
    undone = shop.redeem(mug)
    redemptions.undo(redemption=undone, key="u", by=shop.at_counter(), at=NOW)
    with django_assert_num_queries(1):
        rows = listing.rewards_in(shop.business, RewardState.ACTIVE)
        assert [(row.reward.name, row.reward.unit.name, row.taken) for row in rows] == [
            ("Free coffee", "points", 0), ("Free cake", "stamps", 0), ("Mug", "points", 1),
        ]  # fmt: skip
    assert listing.rewards_in(shop.business, RewardState.DRAFT) == []
    assert listing.counts(shop.business) == {"draft": 0, "active": 3, "archived": 0}


def test_units_that_a_reward_may_cost(shop: Shop) -> None:
    assert listing.units_of(shop.business) == [shop.points, shop.stamps]
    assert listing.units_of(shop.business, shop.reward) == [shop.points, shop.stamps]
    assert shop.points not in listing.units_of(shop.other_business)


def page(shop: Shop, state: VoucherState | None, today: date = TODAY, **marks: str):
    return listing.redemptions(shop.business, state=state, today=today, **marks)


def test_redemptions_by_the_state_of_their_voucher(shop: Shop) -> None:
    mug = shop.add(voucher_days=1)
    ready, used, cancelled = (shop.redeem(mug, at=NOW + timedelta(minutes=n)) for n in range(3))
    vouchers.use(voucher=used.voucher, by=shop.at_counter(), at=NOW)
    redemptions.cancel(voucher=cancelled.voucher, key="c", by=shop.at_portal(), at=NOW)
    assert page(shop, None).rows == [cancelled, used, ready]
    assert [page(shop, state).rows for state in (VoucherState.ISSUED, VoucherState.USED, VoucherState.CANCELLED)] == [
        [ready], [used], [cancelled],
    ]  # fmt: skip
    later = TODAY + timedelta(days=2)
    assert (page(shop, VoucherState.ISSUED, later).rows, page(shop, VoucherState.EXPIRED, later).rows) == ([], [ready])
    vouchers.expire(business=shop.business, today=later, at=NOW)
    assert page(shop, VoucherState.EXPIRED, later).rows == [ready]


def test_redemptions_come_in_pages(shop: Shop, monkeypatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    taken = [shop.redeem(shop.reward, at=NOW + timedelta(minutes=n)) for n in range(5)]
    first = page(shop, None)
    assert (first.rows, first.newer) == ([taken[4], taken[3]], "")
    mark = first.older.removeprefix("?before=")
    second = page(shop, None, before=mark)
    assert second.rows == [taken[2], taken[1]]


@pytest.mark.parametrize("more", [1, 3])
def test_a_page_of_redemptions_is_one_query(shop: Shop, more: int, django_assert_num_queries) -> None:
    for _number in range(more):
        shop.redeem(shop.reward)
    with django_assert_num_queries(1):
        for row in page(shop, None).rows:
            assert (row.reward.unit.name, row.account.card_code, row.staff.display_name, row.voucher.state) == (
                "points", shop.member.account.card_code, "Cleo", "issued",
            )  # fmt: skip
