"""The life of a voucher: issued, then used, cancelled or expired, once and for good."""

from datetime import date, timedelta

import pytest

from loyalty.models import AuditEvent
from rewards.domain import redemptions, vouchers
from rewards.domain.vouchers import PutBackTooLate, VoucherNotGood
from rewards.models import Voucher, VoucherState
from tests.moments import moment
from tests.rewards.shop import Shop
from tests.world import NOW


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.give(100)
    return shop


def test_a_voucher_is_used_once(shop: Shop) -> None:
    voucher = shop.redeem(shop.add()).voucher
    used = vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW)
    assert (used.state, used.used_at, used.used_by) == (VoucherState.USED, NOW, shop.cashier_role)
    with pytest.raises(VoucherNotGood) as refused:
        vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW)
    assert refused.value.state == VoucherState.USED
    assert AuditEvent.objects.filter(verb="voucher.used").count() == 1


def test_a_use_that_is_asked_for_again_is_the_same_use(shop: Shop) -> None:
    voucher = shop.redeem(shop.add()).voucher
    for minutes in (0, 1):
        at = NOW + timedelta(minutes=minutes)
        used = vouchers.use(voucher=voucher, by=shop.at_counter(), at=at, key="u")
        assert (used.state, used.used_at, used.used_key) == (VoucherState.USED, NOW, "u")
    with pytest.raises(VoucherNotGood):
        vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW, key="other")
    vouchers.put_back(voucher=voucher, by=shop.at_counter(), at=NOW)
    assert vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW, key="u").state == VoucherState.ISSUED
    assert vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW, key="other").state == VoucherState.USED
    assert AuditEvent.objects.filter(verb="voucher.used").count() == 2


@pytest.mark.parametrize(("text", "good"), [("2026-03-11 23:59", True), ("2026-03-12 00:00", False)])
def test_the_last_good_day_ends_at_midnight_in_the_business(shop: Shop, text: str, good: bool) -> None:
    voucher = shop.redeem(shop.add(voucher_days=1)).voucher
    at = moment(text, "Europe/Berlin")
    if good:
        assert vouchers.use(voucher=voucher, by=shop.at_counter(), at=at).state == VoucherState.USED
    else:
        with pytest.raises(VoucherNotGood) as refused:
            vouchers.use(voucher=voucher, by=shop.at_counter(), at=at)
        assert refused.value.state == VoucherState.EXPIRED
        voucher.refresh_from_db()
        assert voucher.used_at is None


def test_a_cancelled_voucher_is_not_used(shop: Shop) -> None:
    voucher = shop.redeem(shop.add()).voucher
    redemptions.cancel(voucher=voucher, key="c", by=shop.at_portal(), at=NOW)
    with pytest.raises(VoucherNotGood) as refused:
        vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW)
    assert refused.value.state == VoucherState.CANCELLED


def test_what_ran_out_expires_once(shop: Shop) -> None:
    mug = shop.add(voucher_days=1)
    run_out = shop.redeem(mug).voucher
    used = shop.redeem(mug, hand_out=True).voucher
    endless = shop.redeem(shop.add("Cup", voucher_days=None)).voucher
    late = moment("2026-03-12 03:00", "Europe/Berlin")
    assert vouchers.expire(business=shop.business, today=date(2026, 3, 11), at=NOW) == 0
    assert vouchers.expire(business=shop.business, today=date(2026, 3, 12), at=late) == 1
    assert vouchers.expire(business=shop.business, today=date(2026, 3, 12), at=late) == 0
    states = {voucher.pk: (voucher.state, voucher.closed_at) for voucher in Voucher.objects.all()}
    assert states == {
        run_out.pk: (VoucherState.EXPIRED, late),
        used.pk: (VoucherState.USED, None),
        endless.pk: (VoucherState.ISSUED, None),
    }
    assert shop.balance() == 70


@pytest.mark.parametrize("twice", [False, True])
def test_a_voucher_that_was_used_by_mistake_is_good_again(shop: Shop, twice: bool) -> None:
    voucher = shop.redeem(shop.add()).voucher
    vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW)
    for _ in range(1 + twice):
        back = vouchers.put_back(voucher=voucher, by=shop.at_counter(), at=NOW + timedelta(minutes=15))
    assert (back.state, back.used_at, back.used_by) == (VoucherState.ISSUED, None, None)
    assert AuditEvent.objects.filter(verb="voucher.put_back").count() == 1
    assert vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW).state == VoucherState.USED


@pytest.mark.parametrize("any_time", [False, True])
def test_only_a_manager_puts_a_voucher_back_later(shop: Shop, any_time: bool) -> None:
    voucher = shop.redeem(shop.add()).voucher
    vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW)
    late = NOW + timedelta(minutes=15, seconds=1)
    if any_time:
        vouchers.put_back(voucher=voucher, by=shop.at_counter(), at=late, any_time=True, reason="A mix-up")
    else:
        with pytest.raises(PutBackTooLate):
            vouchers.put_back(voucher=voucher, by=shop.at_counter(), at=late)
    voucher.refresh_from_db()
    assert voucher.state == (VoucherState.ISSUED if any_time else VoucherState.USED)
