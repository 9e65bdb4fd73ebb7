"""Moving a purchase to the right customer, at the till."""

from typing import Any
from uuid import uuid4

from loyalty.domain import moving
from loyalty.domain.accounts import open_account
from loyalty.engine.facts import CustomerFacts
from tests.permissions import Row, business, staff
from tests.world import NOW

PAGE = staff()
MISSING = staff(owner=404, manager=404, cashier=404)
# The world's day is long over: managers still move, a cashier does not.
LATE_PAGE = staff(cashier=422)
LATE = staff(owner=302, manager=302, cashier=422)
BACK = staff(owner=302, manager=302, cashier=302)


def sale(world: Any) -> dict[str, Any]:
    return {**business(world), "sale": world.purchase().sale.public_id}


def pair(world: Any) -> dict[str, Any]:
    return {**sale(world), "account": open_account(business=world.business, at=NOW).public_id}


def stranger(world: Any) -> dict[str, Any]:
    return {**sale(world), "account": world.other_member.account.public_id}


def no_sale(world: Any) -> dict[str, Any]:
    return {**business(world), "sale": uuid4()}


def moved(world: Any) -> dict[str, Any]:
    bought = world.purchase().sale
    moving.move(
        sale=bought, target=open_account(business=world.business, at=NOW), key=str(uuid4()), by=world.at_counter(),
        at=NOW, customer=CustomerFacts(),
    )  # fmt: skip
    return {**business(world), "sale": bought.public_id}


KEY = {"key": str(uuid4())}
ROWS = [
    Row("members:counter-move-find", sale, expect=PAGE),
    Row("members:counter-move-find", sale, method="post", data={"q": "mia"}, expect=PAGE),
    Row("members:counter-move-find", no_sale, expect=MISSING),
    Row("members:counter-move", pair, expect=LATE_PAGE),
    Row("members:counter-move", pair, method="post", data=KEY, expect=LATE),
    Row("members:counter-move", stranger, expect=MISSING),
    Row("members:counter-move", stranger, method="post", data=KEY, expect=MISSING),
    Row("members:counter-move-back", moved, method="post", expect=BACK),
    Row("members:counter-move-back", sale, method="post", expect=MISSING),
]
