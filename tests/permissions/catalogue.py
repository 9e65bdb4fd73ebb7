"""The catalogue and what was taken from it: for owners and managers, each in the own business only."""

from typing import Any

from rewards.domain import redemptions
from tests.permissions import Row, business, staff
from tests.world import NOW

PAGE = staff(owner=200, manager=200, cashier=403)
DONE = staff(owner=302, manager=302, cashier=403)
MISSING = staff(owner=404, manager=404, cashier=403)
VERBS = ("activate", "withdraw", "archive", "duplicate", "remove", "up", "down")


def own(world: Any) -> dict[str, object]:
    return {**business(world), "public_id": world.reward.public_id}


def foreign(world: Any) -> dict[str, object]:
    return {**business(world), "public_id": world.other_reward.public_id}


def taken(world: Any) -> dict[str, object]:
    """A coffee that was handed over long ago."""
    world.purchase(10_000)
    redemption = redemptions.redeem(
        reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW, hand_out=True
    )
    return {**business(world), "public_id": redemption.public_id}


ROWS = [
    Row("rewards:rewards", business, expect=PAGE),
    Row("rewards:reward-add", business, expect=PAGE),
    Row("rewards:reward-add", business, method="post", expect=staff(owner=422, manager=422, cashier=403)),
    Row("rewards:reward", own, expect=PAGE),
    Row("rewards:reward", own, method="post", expect=staff(owner=422, manager=422, cashier=403)),
    Row("rewards:reward", foreign, expect=MISSING),
    *[Row(f"rewards:reward-{verb}", own, method="post", expect=DONE) for verb in VERBS],
    *[Row(f"rewards:reward-{verb}", foreign, method="post", expect=MISSING) for verb in VERBS],
    Row("rewards:redemptions", business, expect=PAGE),
    Row("rewards:books", business, expect=PAGE),
    Row("rewards:books-csv", business, expect=PAGE),
    Row("rewards:redemption-undo", own, method="post", expect=MISSING),
    Row("rewards:redemption-undo", own, expect=MISSING),
    Row("rewards:redemption-redo", own, method="post", expect=MISSING),
    Row("rewards:redemption-undo", taken, expect=PAGE),
    Row("rewards:redemption-undo", taken, method="post", expect=staff(owner=422, manager=422, cashier=403)),
    Row("rewards:redemption-undo", taken, method="post", data={"reason": "It was cold"}, expect=DONE),
    Row("rewards:redemption-redo", taken, method="post", expect=DONE),
]
