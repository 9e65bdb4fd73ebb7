"""Undoing an import with, and without, the vouchers that were paid with what it awarded."""

from datetime import timedelta

import pytest

from loyalty import undo_offers
from loyalty.domain import imports
from loyalty.domain.actors import Actor
from loyalty.models import Balance, Channel, ImportBatch
from rewards.domain import catalogue, redemptions
from rewards.domain.catalogue import RewardDetails
from rewards.models import RewardState, Voucher
from tests.loyalty.imports import FILE, NOW, Desk, faults, open_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported() -> tuple[Desk, ImportBatch, Voucher]:
    """A shop whose c1 has bought a mug for 10 of the 19 points that an import awarded."""
    desk = open_desk(slug="vouchers")
    batch = desk.run(FILE)
    return desk, batch, redeemed(desk, "c1")


def redeemed(desk: Desk, customer: str) -> Voucher:
    details = RewardDetails(name=f"Mug for {customer}", unit=desk.unit, cost=10, voucher_days=None)
    reward = catalogue.create(
        business=desk.role.business, details=details, state=RewardState.ACTIVE, by=desk.by, at=NOW
    )
    by = Actor(Channel.COUNTER, desk.role.user, desk.role)
    at = NOW + timedelta(minutes=1)
    return redemptions.redeem(reward=reward, account=desk.account(customer), key=customer, by=by, at=at).voucher


def after(desk: Desk, voucher: Voucher) -> tuple[str, int, int]:
    """The state of the voucher, and what its holder has and owes."""
    balance = Balance.objects.get(account=desk.account("c1"), unit=desk.unit)
    voucher.refresh_from_db()
    return voucher.state, balance.amount, balance.owed


def undo(desk: Desk, batch: ImportBatch, *, cancel_vouchers: bool) -> None:
    imports.undo(batch=batch, by=desk.by, at=desk.clock(), cancel_vouchers=cancel_vouchers)
    desk.work(batch)
    assert faults() == []


def test_unused_vouchers_are_counted_before(imported: tuple[Desk, ImportBatch, Voucher]) -> None:
    assert undo_offers.vouchers(imported[1], NOW) == 1


def test_unused_vouchers_are_cancelled_and_nothing_is_owed(imported: tuple[Desk, ImportBatch, Voucher]) -> None:
    desk, batch, voucher = imported
    undo(desk, batch, cancel_vouchers=True)
    assert (batch.state, *after(desk, voucher)) == ("undone", "cancelled", 0, 0)


def test_vouchers_that_stay_are_owed(imported: tuple[Desk, ImportBatch, Voucher]) -> None:
    desk, batch, voucher = imported
    undo(desk, batch, cancel_vouchers=False)
    assert (batch.state, *after(desk, voucher)) == ("undone", "issued", 0, 10)


def test_vouchers_paid_with_something_else_stay(imported: tuple[Desk, ImportBatch, Voucher]) -> None:
    desk, batch, _ = imported
    other = desk.run(FILE.replace("A", "B").replace("c1", "c9").replace("c2", "c8"))
    mine = redeemed(desk, "c9")
    undo(desk, batch, cancel_vouchers=True)
    mine.refresh_from_db()
    assert (mine.state, undo_offers.vouchers(batch, NOW), undo_offers.vouchers(other, NOW)) == ("issued", 0, 1)


def test_a_used_voucher_is_not_cancelled(imported: tuple[Desk, ImportBatch, Voucher]) -> None:
    desk, batch, voucher = imported
    Voucher.objects.filter(pk=voucher.pk).update(state="used", used_at=NOW)
    assert undo_offers.vouchers(batch, NOW) == 0
    undo(desk, batch, cancel_vouchers=True)
    assert after(desk, voucher) == ("used", 0, 10)
