"""Rewards of a closed account: none is taken, but what was paid for is handed over, or given back."""

import pytest

from loyalty.domain import accounts
from loyalty.domain.ledger import AccountClosed
from loyalty.models import Account
from rewards.domain import redemptions, vouchers
from rewards.models import Redemption, VoucherState
from tests.rewards.shop import Shop, assert_sound, rows
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(shop: Shop) -> Redemption:
    """A mug that was taken before the account was closed; 20 points are left."""
    mug = shop.add("Mug", voucher_days=None)
    shop.give(30)
    found = shop.redeem(mug, key="first")
    accounts.close(account=Account.objects.get(pk=shop.member.account_id), by=shop.at_console(), at=NOW)
    return found


def test_none_is_taken(shop: Shop, taken: Redemption):
    before = rows()
    with pytest.raises(AccountClosed):
        shop.redeem(taken.reward)
    assert rows() == before


def test_a_request_sent_again_is_answered_as_the_first_time(shop: Shop, taken: Redemption):
    assert shop.redeem(taken.reward, key="first") == taken


def test_what_was_taken_is_handed_over(shop: Shop, taken: Redemption):
    assert vouchers.use(voucher=taken.voucher, by=shop.at_counter(), at=NOW).state == VoucherState.USED


def test_what_was_taken_is_given_back(shop: Shop, taken: Redemption):
    redemptions.cancel(voucher=taken.voucher, key="c", by=shop.at_console(), at=NOW)
    assert shop.balance() == 30
    assert_sound()


def test_what_was_taken_is_undone(shop: Shop, taken: Redemption):
    redemptions.undo(redemption=taken, key="u", by=shop.at_console(), at=NOW)
    assert shop.balance() == 30
