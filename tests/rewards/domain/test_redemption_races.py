"""Threads on one reward and one voucher, on PostgreSQL: the locks hold, and without them the same race goes wrong."""

from threading import Barrier

import pytest
from django.db import IntegrityError

from rewards.domain import locks, redemptions, vouchers
from rewards.domain.redemptions import LimitReached, OutOfStock, UndoTooLate
from rewards.domain.vouchers import VoucherNotGood
from rewards.models import Redemption, Reward, Voucher, VoucherState
from tests.loyalty.domain.test_ledger_races import PATIENCE, race
from tests.rewards.shop import Shop, assert_sound
from tests.world import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

GUESTS = 8


def crowd(shop: Shop) -> list:
    members = [shop.enrol(f"Guest{number}") for number in range(GUESTS)]
    for member in members:
        shop.give(30, member=member)
    return [member.account for member in members]


def test_the_last_item_goes_to_one(shop: Shop) -> None:
    accounts = crowd(shop)
    mug = shop.add(stock=1)
    answers = race(lambda number: shop.redeem(mug, account=accounts[number], key=f"r{number}"), GUESTS)
    assert sum(isinstance(answer, Redemption) for answer in answers) == 1
    assert sum(isinstance(answer, OutOfStock) for answer in answers) == GUESTS - 1
    mug.refresh_from_db()
    assert mug.stock == 0
    assert sorted(shop.balance(account) for account in accounts) == [20] + [30] * (GUESTS - 1)
    assert_sound()


def test_without_the_lock_only_the_check_of_the_database_keeps_the_stock(shop: Shop, monkeypatch) -> None:
    accounts = crowd(shop)[:2]
    mug = shop.add(stock=1)
    both_have_looked = Barrier(2)

    def look_without_locking(reward_id: int) -> Reward:
        row = Reward.objects.select_related("business", "unit").get(pk=reward_id)
        both_have_looked.wait(timeout=PATIENCE)
        return row

    monkeypatch.setattr(locks, "lock_reward", look_without_locking)
    answers = race(lambda number: shop.redeem(mug, account=accounts[number], key=f"r{number}"), 2)
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1


def test_one_member_s_limit_holds(shop: Shop) -> None:
    shop.give(100)
    mug = shop.add(per_member=2)
    answers = race(lambda number: shop.redeem(mug, key=f"r{number}"), GUESTS)
    assert sum(isinstance(answer, LimitReached) for answer in answers) == GUESTS - 2
    assert shop.balance() == 80


def test_one_key_takes_once(shop: Shop) -> None:
    shop.give(100)
    mug = shop.add(stock=5)
    answers = race(lambda number: shop.redeem(mug, key="form"), GUESTS)
    assert len({answer.pk for answer in answers}) == 1
    mug.refresh_from_db()
    assert (mug.stock, shop.balance()) == (4, 90)


def use_and_cancel(shop: Shop, voucher: Voucher) -> list[object]:
    key = shop.key()
    acts = [
        lambda: vouchers.use(voucher=voucher, by=shop.at_counter(), at=NOW),
        lambda: redemptions.cancel(voucher=voucher, key=key, by=shop.at_portal(), at=NOW),
    ]
    return race(lambda number: acts[number % 2](), 2)


def test_a_voucher_is_used_or_given_back_never_both(shop: Shop) -> None:
    shop.give(100)
    mug = shop.add()
    for _attempt in range(5):
        before = shop.balance()
        voucher = shop.redeem(mug, key=shop.key()).voucher
        answers = use_and_cancel(shop, voucher)
        voucher.refresh_from_db()
        if voucher.state == VoucherState.USED:
            assert isinstance(answers[1], UndoTooLate)
            assert shop.balance() == before - 10
        else:
            assert isinstance(answers[0], VoucherNotGood)
            assert (voucher.state, shop.balance()) == (VoucherState.CANCELLED, before)


def test_without_the_lock_a_voucher_is_used_and_given_back(shop: Shop, monkeypatch) -> None:
    shop.give(100)
    voucher = shop.redeem(shop.add()).voucher
    both_have_looked = Barrier(2)

    def look_without_locking(voucher_id: int) -> Voucher:
        row = Voucher.objects.select_related("business").get(pk=voucher_id)
        both_have_looked.wait(timeout=PATIENCE)
        return row

    for module in (locks, vouchers):
        monkeypatch.setattr(module, "lock_voucher", look_without_locking)
    answers = use_and_cancel(shop, voucher)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert shop.balance() == 100
