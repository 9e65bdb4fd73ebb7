"""The till: for everybody who works in the business, and for nobody else."""

from typing import Any
from uuid import uuid4

from loyalty.domain.sale_input import SaleInput
from members.domain import counter
from rewards.domain import redemptions
from tests.permissions import Row, business, staff
from tests.world import NOW, World

PAGE = staff()
REFUSED = staff(owner=422, manager=422, cashier=422)
DONE = staff(owner=302, manager=302, cashier=302)
MISSING = staff(owner=404, manager=404, cashier=404)
# The world's day is long over: managers still undo and refund, a cashier does not.
LATE = staff(owner=302, manager=302, cashier=422)
LATE_LOOK = staff(cashier=422)


def member(world: World) -> dict[str, Any]:
    return {**business(world), "account": world.member.account.public_id}


def foreign(world: World) -> dict[str, Any]:
    return {**business(world), "account": world.other_member.account.public_id}


def reward(world: World) -> dict[str, Any]:
    world.purchase(10_000)
    return {**member(world), "reward": world.reward.public_id}


def other_reward(world: World) -> dict[str, Any]:
    return {**member(world), "reward": world.other_reward.public_id}


def sale(world: World) -> dict[str, Any]:
    return {**business(world), "sale": world.purchase().sale.public_id}


def other_sale(world: World) -> dict[str, Any]:
    bought = SaleInput(key=str(uuid4()), at=NOW, total=100, total_before_tax=100)
    by = world.at_counter()
    booked = counter.record(business=world.other_business, account=None, sale=bought, by=by, at=NOW)
    return {**business(world), "sale": booked.sale.public_id}


def voucher(world: World, *, hand_out: bool = False) -> dict[str, Any]:
    world.purchase(10_000)
    redemption = redemptions.redeem(
        reward=world.reward, account=world.member.account, key=str(uuid4()), by=world.at_counter(), at=NOW,
        hand_out=hand_out,
    )  # fmt: skip
    return {**business(world), "voucher": redemption.voucher.public_id}


def used_voucher(world: World) -> dict[str, Any]:
    return voucher(world, hand_out=True)


def form(**fields: str) -> dict[str, str]:
    return {"key": str(uuid4()), **fields}


ROWS = [
    Row("members:counter-home", business, expect=PAGE),
    Row("members:counter-home", business, method="post", data={"q": "mia"}, expect=DONE),
    Row("members:counter-enrol", business, expect=PAGE),
    Row("members:counter-enrol", business, method="post", expect=REFUSED),
    Row("members:counter-enrol", business, method="post", data={"name": "A", "contact": "a@example.com"}, expect=DONE),
    Row("members:counter-walk-in", business, expect=PAGE),
    Row("members:counter-walk-in", business, method="post", expect=REFUSED),
    Row("members:counter-walk-in", business, method="post", data=form(amount="1"), expect=DONE),
    Row("members:counter-walk-in-preview", business, method="post", data=form(amount="1"), expect=PAGE),
    Row("members:counter-till", business, expect=PAGE),
    Row("members:counter-till", business, method="post", data={"pin": "4831"}, expect=REFUSED),
    Row("members:counter-lock", business, method="post", expect=DONE),
    Row("members:counter-in-use", business, method="post", expect=staff(owner=204, manager=204, cashier=204)),
    Row("members:counter-member", member, expect=PAGE),
    Row("members:counter-member", member, method="post", expect=REFUSED),
    Row("members:counter-member", member, method="post", data=form(amount="1"), expect=DONE),
    Row("members:counter-member", foreign, expect=MISSING),
    Row("members:counter-member", foreign, method="post", data=form(amount="1"), expect=MISSING),
    Row("members:counter-preview", member, method="post", data=form(amount="1"), expect=PAGE),
    Row("members:counter-preview", foreign, method="post", data=form(amount="1"), expect=MISSING),
    Row("members:counter-hand-out", reward, method="post", data=form(), expect=DONE),
    Row("members:counter-hand-out", reward, method="post", expect=REFUSED),
    Row("members:counter-hand-out", other_reward, method="post", data=form(), expect=MISSING),
    Row("members:counter-sale", sale, expect=PAGE),
    Row("members:counter-sale", other_sale, expect=MISSING),
    Row("members:counter-sale-undo", sale, method="post", expect=LATE),
    Row("members:counter-sale-undo", other_sale, method="post", expect=MISSING),
    Row("members:counter-refund", sale, expect=PAGE),
    Row("members:counter-refund", sale, method="post", data=form(amount="1"), expect=LATE),
    Row("members:counter-refund", other_sale, method="post", data=form(amount="1"), expect=MISSING),
    Row("members:counter-refund-preview", sale, method="post", data=form(amount="1"), expect=LATE_LOOK),
    Row("members:counter-refund-preview", other_sale, method="post", data=form(amount="1"), expect=MISSING),
    Row("members:counter-voucher", voucher, expect=PAGE),
    Row("members:counter-voucher-use", used_voucher, method="post", data=form(), expect=REFUSED),
    Row("members:counter-voucher-undo", used_voucher, method="post", expect=REFUSED),
    Row("members:counter-voucher-undo", used_voucher, method="post", data={"reason": "It was cold"}, expect=LATE),
    Row("members:counter-voucher-redo", used_voucher, method="post", expect=REFUSED),
]
