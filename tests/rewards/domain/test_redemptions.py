"""Redeeming, and giving back: all or nothing, at the price of the catalogue."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from loyalty.domain import ledger
from loyalty.domain.accounts import open_account
from loyalty.models import AuditEvent, EntryKind, Lot, LotUse
from rewards.domain import catalogue, redemptions, vouchers
from rewards.domain.catalogue import RewardDetails
from rewards.domain.redemptions import LimitReached, NotAvailable, NotEnough, OutOfStock, UndoTooLate
from rewards.models import Reward, RewardState, VoucherState
from tests.moments import moment
from tests.rewards.shop import Shop, assert_sound, rows
from tests.world import NOW


def test_a_reward_is_paid_and_yields_a_voucher(shop: Shop) -> None:
    shop.give(60)
    redemption = shop.redeem(shop.reward)
    assert (redemption.cost, redemption.channel, redemption.staff) == (50, "counter", shop.cashier_role)
    assert shop.balance() == 10
    voucher = redemption.voucher
    assert (voucher.state, voucher.last_good_day, voucher.used_at) == (VoucherState.ISSUED, date(2026, 4, 9), None)
    entry = redemption.posting.entries.get()
    assert (entry.kind, entry.amount, entry.why) == (EntryKind.SPEND, -50, {"reward": shop.reward.pk, "cost": 50})
    event = AuditEvent.objects.get(verb="reward.redeemed")
    assert (event.object_id, event.data, event.staff) == (str(redemption.pk), {"cost": 50}, shop.cashier_role)
    assert_sound()


def test_what_is_handed_out_is_used_at_once(shop: Shop) -> None:
    shop.give(60)
    voucher = shop.redeem(shop.reward, hand_out=True).voucher
    assert (voucher.state, voucher.used_at, voucher.used_by) == (VoucherState.USED, NOW, shop.cashier_role)


def test_s1_a_balance_that_does_not_cover_the_cost(shop: Shop) -> None:
    shop.give(3)
    before = rows()
    with pytest.raises(NotEnough) as refused:
        shop.redeem(shop.reward)
    assert refused.value.missing == 47
    assert (rows(), shop.balance()) == (before, 3)


def test_s2_the_price_is_the_catalogue_s_not_the_caller_s(shop: Shop) -> None:
    shop.give(60)
    asked = Reward.objects.get(pk=shop.reward.pk)
    asked.cost = 1
    assert shop.redeem(asked).cost == 50
    assert shop.balance() == 10


def test_s6_stock_of_ten_two_per_member(shop: Shop) -> None:
    mug = shop.add(stock=10, per_member=2)
    members = [shop.enrol(f"Guest{number}") for number in range(6)]
    for member in members:
        shop.give(30, member=member)
    for member in members[:5]:
        shop.redeem(mug, account=member.account)
        shop.redeem(mug, account=member.account)
        with pytest.raises((LimitReached, OutOfStock)):
            shop.redeem(mug, account=member.account)
    before = rows()
    with pytest.raises(OutOfStock):
        shop.redeem(mug, account=members[5].account)
    assert (rows(), shop.balance(members[5].account)) == (before, 30)
    mug.refresh_from_db()
    assert mug.stock == 0


def test_the_limit_per_member_counts_what_was_not_undone(shop: Shop) -> None:
    mug = shop.add(per_member=1)
    shop.give(30)
    first = shop.redeem(mug)
    before = rows()
    with pytest.raises(LimitReached):
        shop.redeem(mug)
    assert rows() == before
    redemptions.undo(redemption=first, key=shop.key(), by=shop.at_counter(), at=NOW)
    assert shop.redeem(mug).pk != first.pk


def test_s7_a_voucher_lives_by_days(shop: Shop) -> None:
    mug = shop.add(voucher_days=30)
    shop.give(30, at=moment("2018-06-30 12:00"))
    at = moment("2018-07-01 12:00", "Europe/Berlin")
    voucher = shop.redeem(mug, at=at).voucher
    assert voucher.last_good_day == date(2018, 7, 31)
    forever = catalogue.change(
        reward=mug, details=RewardDetails("Mug", shop.points, 10, voucher_days=None), by=shop.at_console(), at=at
    )
    assert shop.redeem(forever, at=at).voucher.last_good_day is None


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("2026-05-31 23:59", False),
        ("2026-06-01 00:00", True),
        ("2026-06-30 23:59", True),
        ("2026-07-01 00:00", False),
    ],
)
def test_days_are_those_of_the_business(shop: Shop, text: str, there: bool) -> None:
    mug = shop.add(available_from=date(2026, 6, 1), available_to=date(2026, 6, 30))
    shop.give(30)
    at = moment(text, "Europe/Berlin")
    if there:
        assert shop.redeem(mug, at=at).cost == 10
    else:
        before = rows()
        with pytest.raises(NotAvailable):
            shop.redeem(mug, at=at)
        assert rows() == before


@pytest.mark.parametrize("state", [RewardState.DRAFT, RewardState.ARCHIVED])
def test_only_what_is_in_the_catalogue_can_be_taken(shop: Shop, state: RewardState) -> None:
    shop.give(30)
    mug = shop.add(state=state)
    before = rows()
    with pytest.raises(NotAvailable):
        shop.redeem(mug)
    assert rows() == before


def test_what_is_not_online_is_taken_at_the_counter_only(shop: Shop) -> None:
    shop.give(30)
    mug = shop.add(online=False)
    before = rows()
    with pytest.raises(NotAvailable):
        shop.redeem(mug, by=shop.at_portal())
    assert rows() == before
    assert shop.redeem(mug).cost == 10


def test_another_business_s_reward_is_not_there(shop: Shop) -> None:
    shop.give(60)
    before = rows()
    with pytest.raises(NotAvailable):
        shop.redeem(shop.other_reward)
    assert rows() == before


def test_the_same_key_takes_once(shop: Shop) -> None:
    shop.give(60)
    mug = shop.add(stock=5)
    first = shop.redeem(mug, key="form")
    before = rows()
    assert shop.redeem(mug, key="form") == first
    assert (rows(), shop.balance()) == (before, 50)


def test_a_key_stands_for_one_thing(shop: Shop) -> None:
    shop.give(80)
    mug, cup = shop.add("Mug"), shop.add("Cup")
    other = open_account(business=shop.business, at=NOW)
    shop.redeem(mug, key="form")
    before = rows()
    with pytest.raises(ledger.KeyReused):
        shop.redeem(cup, key="form")
    with pytest.raises(ledger.KeyReused):
        shop.redeem(mug, key="form", account=other)
    assert (rows(), shop.balance()) == (before, 70)


def test_cancelling_gives_back_to_the_same_lots(shop: Shop) -> None:
    shop.give(6)
    shop.give(20, at=NOW + timedelta(days=1))
    mug = shop.add(stock=3)
    at = NOW + timedelta(days=2)
    voucher = shop.redeem(mug, at=at).voucher
    lots = Lot.objects.filter(account=shop.member.account, unit=shop.points).order_by("pk")
    assert [lot.remaining for lot in lots] == [0, 16]
    cancelled = redemptions.cancel(voucher=voucher, key="c", by=shop.at_portal(), at=at)
    assert cancelled.undone_at == at
    assert [lot.remaining for lot in lots.all()] == [6, 20]
    back = LotUse.objects.filter(entry__kind=EntryKind.GIVE_BACK, entry__unit=shop.points).order_by("lot_id")
    assert [(use.lot_id, use.amount) for use in back] == [(lots[0].pk, -6), (lots[1].pk, -4)]
    voucher.refresh_from_db()
    mug.refresh_from_db()
    assert (voucher.state, voucher.closed_at, mug.stock) == (VoucherState.CANCELLED, at, 3)
    assert_sound()


def test_cancelling_twice_gives_back_once(shop: Shop) -> None:
    shop.give(20)
    voucher = shop.redeem(shop.add(stock=3)).voucher
    redemptions.cancel(voucher=voucher, key="c", by=shop.at_portal(), at=NOW)
    before = rows()
    for key in ("c", "other"):
        redemptions.cancel(voucher=voucher, key=key, by=shop.at_portal(), at=NOW)
    assert (rows(), shop.balance()) == (before, 20)


def test_a_used_voucher_is_not_given_back(shop: Shop) -> None:
    shop.give(20)
    voucher = shop.redeem(shop.add(), hand_out=True).voucher
    before = rows()
    with pytest.raises(UndoTooLate):
        redemptions.cancel(voucher=voucher, key="c", by=shop.at_portal(), at=NOW)
    assert (rows(), shop.balance()) == (before, 10)


def test_a_voucher_that_ran_out_is_not_given_back_even_before_the_job_has_run(shop: Shop) -> None:
    shop.give(20)
    voucher = shop.redeem(shop.add(voucher_days=1)).voucher
    late = moment("2026-03-12 00:00", "Europe/Berlin")
    before = rows()
    with pytest.raises(UndoTooLate):
        redemptions.cancel(voucher=voucher, key="c", by=shop.at_portal(), at=late)
    assert rows() == before
    vouchers.expire(business=shop.business, today=date(2026, 3, 12), at=late)
    with pytest.raises(UndoTooLate):
        redemptions.cancel(voucher=voucher, key="c", by=shop.at_portal(), at=late)


def test_a_cashier_undoes_within_minutes_a_manager_at_any_time(shop: Shop) -> None:
    shop.give(20)
    redemption = shop.redeem(shop.add(stock=3), hand_out=True)
    minutes = timedelta(minutes=shop.business.undo_minutes)
    before = rows()
    with pytest.raises(UndoTooLate):
        redemptions.undo(redemption=redemption, key="u", by=shop.at_counter(), at=NOW + minutes + timedelta(seconds=1))
    assert (rows(), shop.balance()) == (before, 10)
    late = NOW + timedelta(days=3)
    undone = redemptions.undo(
        redemption=redemption, key="u", by=shop.at_console(), at=late, any_time=True, reason="A mix-up"
    )
    assert (undone.undone_at, undone.voucher.state, shop.balance()) == (late, VoucherState.CANCELLED, 20)
    event = AuditEvent.objects.get(verb="redemption.undone")
    assert (event.user, event.object_id) == (shop.owner, str(redemption.pk))


def test_undo_works_to_the_last_second(shop: Shop) -> None:
    shop.give(20)
    redemption = shop.redeem(shop.add())
    at = NOW + timedelta(minutes=shop.business.undo_minutes)
    redemptions.undo(redemption=redemption, key="u", by=shop.at_counter(), at=at)
    assert shop.balance() == 20
    again = redemptions.undo(redemption=redemption, key="u", by=shop.at_counter(), at=at + timedelta(hours=1))
    assert (again.undone_at, shop.balance()) == (at, 20)


def test_an_undo_key_stands_for_one_redemption(shop: Shop) -> None:
    shop.give(40)
    mug = shop.add()
    first, second = shop.redeem(mug), shop.redeem(mug)
    redemptions.undo(redemption=first, key="u", by=shop.at_counter(), at=NOW)
    before = rows()
    with pytest.raises(ledger.KeyReused):
        redemptions.undo(redemption=second, key="u", by=shop.at_counter(), at=NOW)
    second.refresh_from_db()
    assert (rows(), second.undone_at, second.voucher.state) == (before, None, VoucherState.ISSUED)


def test_a_redemption_keeps_the_price_of_its_moment(shop: Shop) -> None:
    shop.give(40)
    mug = shop.add()
    redemption = shop.redeem(mug)
    dearer = replace(RewardDetails("Mug", shop.points, 10), cost=25)
    catalogue.change(reward=mug, details=dearer, by=shop.at_console(), at=NOW)
    redemption.refresh_from_db()
    assert redemption.cost == 10
    redemptions.undo(redemption=redemption, key="u", by=shop.at_counter(), at=NOW)
    assert shop.balance() == 40
    assert shop.redeem(mug).cost == 25
