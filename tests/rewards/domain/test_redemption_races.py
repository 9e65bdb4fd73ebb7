"""Threads on one reward and one voucher, on PostgreSQL: the locks hold, and without them the same race goes wrong."""

from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError

from loyalty.models import AuditEvent
from rewards.domain import locks, redemptions, undoing, vouchers
from rewards.domain.redemptions import LimitReached, OutOfStock, UndoTooLate
from rewards.domain.vouchers import VoucherNotGood
from rewards.models import Redemption, RedemptionUndo, Reward, Voucher, VoucherState
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


@pytest.mark.parametrize("late", [False, True])
def test_what_is_undone_by_many_at_once_is_given_back_once(shop: Shop, late: bool) -> None:
    shop.give(100)
    redemption = shop.redeem(shop.add(stock=5), hand_out=True)
    at = NOW + timedelta(days=late)
    answers = race(
        lambda number: redemptions.undo(
            redemption=redemption, key=f"u{number}", by=shop.at_console(), at=at, any_time=True, reason="A mix-up"
        ),
        GUESTS,
    )
    assert [answer.pk for answer in answers] == [redemption.pk] * GUESTS
    assert (RedemptionUndo.objects.count(), shop.balance()) == (1, 100)
    assert_sound()


def test_an_undo_that_is_undone_by_many_at_once_is_undone_once(shop: Shop) -> None:
    shop.give(100)
    redemption = shop.redeem(shop.add(stock=5), hand_out=True)
    redemptions.undo(redemption=redemption, key="u", by=shop.at_counter(), at=NOW)
    answers = race(lambda number: redemptions.redo(redemption=redemption, by=shop.at_counter(), at=NOW), GUESTS)
    assert len({answer.pk for answer in answers}) == 1
    assert (Redemption.objects.count(), shop.balance()) == (2, 90)
    assert_sound()


def test_without_the_locks_only_the_key_of_the_booking_keeps_it_once(shop: Shop, monkeypatch) -> None:
    shop.give(100)
    redemption = shop.redeem(shop.add(), hand_out=True)
    redemptions.undo(redemption=redemption, key="u", by=shop.at_counter(), at=NOW)
    both_have_looked = Barrier(2)

    def look_together(asked: Redemption) -> RedemptionUndo | None:
        undo = RedemptionUndo.objects.filter(redemption=asked).order_by("-pk").first()
        both_have_looked.wait(timeout=PATIENCE)
        return undo

    monkeypatch.setattr(redemptions.account_locks, "lock_current", lambda account: account)
    monkeypatch.setattr(locks, "lock_reward", lambda pk: Reward.objects.get(pk=pk))
    monkeypatch.setattr(locks, "lock_voucher", lambda pk: Voucher.objects.get(pk=pk))
    monkeypatch.setattr(undoing, "last_undo", look_together)
    answers = race(lambda number: redemptions.redo(redemption=redemption, by=shop.at_counter(), at=NOW), 2)
    assert sum(isinstance(answer, Exception) for answer in answers) == 1


@pytest.mark.parametrize("act", ["put back", "redo"])
def test_a_voucher_is_made_good_again_once(shop: Shop, act: str) -> None:
    shop.give(100)
    voucher = vouchers.use(voucher=shop.redeem(shop.add(), by=shop.at_portal()).voucher, by=shop.at_counter(), at=NOW)
    if act == "redo":
        vouchers.put_back(voucher=voucher, by=shop.at_counter(), at=NOW)
        race(lambda number: redemptions.redo(redemption=voucher.redemption, by=shop.at_counter(), at=NOW), GUESTS)
    else:
        race(lambda number: vouchers.put_back(voucher=voucher, by=shop.at_counter(), at=NOW), GUESTS)
    verb = {"put back": "voucher.put_back", "redo": "voucher.used_again"}[act]
    assert (AuditEvent.objects.filter(verb=verb).count(), RedemptionUndo.objects.count()) == (1, 1)


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
