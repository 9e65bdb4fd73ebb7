"""The catalogue as an account sees it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain import ledger
from loyalty.models import PostingKind
from rewards.domain import catalogue as catalogue_domain
from rewards.domain import redemptions
from rewards.domain.catalogue import RewardDetails
from rewards.models import Reward, RewardState, VoucherState
from rewards.queries.catalogue import Reason, catalogue_for, open_vouchers_of, voucher_by_code, vouchers_of
from tests.world import NOW, World

TODAY = date(2026, 3, 10)


def add(world: World, name: str, state: RewardState = RewardState.ACTIVE, **fields: object) -> Reward:
    details = replace(RewardDetails(name=name, unit=world.points, cost=50), **fields)
    return catalogue_domain.create(business=world.business, details=details, state=state, by=world.at_console(), at=NOW)


def row_of(world: World, name: str, today: date = TODAY):
    rows = catalogue_for(world.member.account, world.business, today)
    return next(row for row in rows if row.reward.name == name)


def test_a_balance_reaches_what_it_covers(world: World) -> None:
    world.purchase(3000)
    coffee = row_of(world, "Free coffee")
    assert (coffee.balance, coffee.missing, coffee.reachable, coffee.online) == (30, 20, False, False)
    world.purchase(2000)
    coffee = row_of(world, "Free coffee")
    assert (coffee.balance, coffee.missing, coffee.reachable, coffee.online) == (50, 0, True, True)
    cake = row_of(world, "Free cake")
    assert (cake.unit, cake.balance, cake.missing) == (world.stamps, 2, 8)


def test_what_is_still_held_reaches_nothing(world: World) -> None:
    line = ledger.AwardLine(world.points, 50, first_good_day=TODAY + timedelta(days=1))
    booking = ledger.Booking(
        account=world.member.account, key="gift", kind=PostingKind.GIFT, at=NOW, booked_at=NOW, by=world.at_console()
    )
    ledger.award(booking, [line])
    found = [row_of(world, "Free coffee", TODAY + timedelta(days=days)) for days in (0, 1)]
    assert [(row.balance, row.reachable) for row in found] == [(0, False), (50, True)]
    with pytest.raises(redemptions.NotEnough):
        redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW)
    later = NOW + timedelta(days=1)
    redemptions.redeem(reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=later)


def test_without_an_account_nothing_is_reachable(world: World) -> None:
    rows = catalogue_for(None, world.business, TODAY)
    assert [(row.reward.name, row.balance, row.reachable) for row in rows] == [
        ("Free coffee", 0, False),
        ("Free cake", 0, False),
    ]


def test_what_stands_against_it_is_said(world: World) -> None:
    world.purchase(10000)
    add(world, "Gone", stock=0)
    add(world, "Soon", available_from=TODAY + timedelta(days=1))
    add(world, "Counter only", online=False)
    once = add(world, "Once", per_member=1)
    redemptions.redeem(reward=once, account=world.member.account, key="k", by=world.at_counter(), at=NOW)
    reasons = {name: row_of(world, name).reason for name in ("Gone", "Soon", "Counter only", "Once")}
    assert reasons == {
        "Gone": Reason.OUT_OF_STOCK,
        "Soon": Reason.NOT_YET,
        "Counter only": Reason.NOT_ONLINE,
        "Once": Reason.LIMIT_REACHED,
    }
    at_counter = row_of(world, "Counter only")
    assert (at_counter.reachable, at_counter.online) == (True, False)


def test_what_is_over_or_not_shown_is_left_out(world: World) -> None:
    add(world, "Last day today", available_to=TODAY)
    add(world, "Over", available_to=TODAY - timedelta(days=1))
    add(world, "Draft", state=RewardState.DRAFT)
    names = [row.reward.name for row in catalogue_for(None, world.business, TODAY)]
    assert names == ["Free coffee", "Free cake", "Last day today"]


@pytest.mark.parametrize("more", [0, 3])
def test_queries_do_not_grow_with_the_catalogue(world: World, more: int) -> None:
    for number in range(more + 1):
        add(world, f"Once {number}", per_member=1)
    account, business = world.member.account, world.business
    with CaptureQueriesContext(connection) as queries:
        catalogue_for(account, business, TODAY)
    assert len(queries) == 3


def test_a_voucher_is_found_by_what_was_typed(world: World) -> None:
    world.purchase(10000)
    voucher = redemptions.redeem(
        reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW
    ).voucher
    typed = f" {voucher.code[:4].lower()} {voucher.code[4:]}"
    assert voucher_by_code(world.business, typed) == voucher
    assert voucher_by_code(world.other_business, voucher.code) is None
    assert voucher_by_code(world.business, "nothing") is None


def test_a_voucher_past_its_last_good_day_is_over_before_the_job_runs(world: World) -> None:
    world.purchase(10000)
    account = world.member.account
    redemptions.redeem(reward=world.reward, account=account, key="k", by=world.at_counter(), at=NOW)
    (voucher,) = vouchers_of(account)
    assert voucher.last_good_day == TODAY + timedelta(days=30)
    assert voucher.state_on(voucher.last_good_day) == VoucherState.ISSUED
    assert voucher.state_on(voucher.last_good_day + timedelta(days=1)) == VoucherState.EXPIRED
    assert open_vouchers_of(account, voucher.last_good_day) == [voucher]
    assert open_vouchers_of(account, voucher.last_good_day + timedelta(days=1)) == []
