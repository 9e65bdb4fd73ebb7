"""Adjustments by hand: for owners and managers, the limits for owners alone."""

from typing import Any
from uuid import uuid4

from loyalty.domain import adjustments
from tests.permissions import Row, business, staff
from tests.world import NOW

TYPED = {"way": "add", "amount": "5", "why": "slip", "key": str(uuid4())}


def managers(answer: int) -> dict[str, Any]:
    return staff(owner=answer, manager=answer, cashier=403)


def account(world: Any) -> dict[str, Any]:
    return {**business(world), "account": world.member.account.public_id, "unit": "points"}


def other_account(world: Any) -> dict[str, Any]:
    return {**business(world), "account": world.other_member.account.public_id, "unit": "points"}


def other_unit(world: Any) -> dict[str, Any]:
    return {**account(world), "unit": "beans"}


def waiting(world: Any, verb: str = "approve") -> dict[str, Any]:
    """What the owner asked for."""
    limits = {"points": 0}
    adjustments.set_limits(business=world.business, limits=limits, by=world.at_console(), at=NOW)
    world.points.refresh_from_db()
    asked = adjustments.ask(
        account=world.member.account, unit=world.points, amount=5, reason="slip", last_good_day=None,
        key=str(uuid4()), by=world.at_console(), at=NOW,
    )  # fmt: skip
    return {**business(world), "adjustment": asked.public_id, "verb": verb}


def withdrawn(world: Any) -> dict[str, Any]:
    return waiting(world, "withdraw")


def no_verb(world: Any) -> dict[str, Any]:
    return waiting(world, "sing")


def nothing(world: Any) -> dict[str, Any]:
    return {**business(world), "adjustment": uuid4(), "verb": "approve"}


OWNERS = staff(manager=403, cashier=403)
ROWS = [
    Row("members:console-adjustments", business, expect=managers(200)),
    Row("members:console-adjust", account, expect=managers(200)),
    Row("members:console-adjust", account, method="post", data=TYPED, expect=managers(302)),
    Row("members:console-adjust", account, method="post", expect=managers(422)),
    Row("members:console-adjust", other_account, expect=managers(404)),
    Row("members:console-adjust", other_unit, expect=managers(404)),
    Row("members:console-adjustment-decide", waiting, method="post", expect=managers(302)),
    Row("members:console-adjustment-decide", withdrawn, method="post", expect=managers(302)),
    Row("members:console-adjustment-decide", no_verb, method="post", expect=managers(404)),
    Row("members:console-adjustment-decide", nothing, method="post", expect=managers(404)),
    Row("loyalty:settings-adjustments", business, expect=OWNERS),
    Row(
        "loyalty:settings-adjustments", business, method="post", data={"points": "100"},
        expect=staff(owner=302, manager=403, cashier=403),
    ),
    Row(
        "loyalty:settings-adjustments", business, method="post", data={"points": "-1"},
        expect=staff(owner=422, manager=403, cashier=403),
    ),
]  # fmt: skip
