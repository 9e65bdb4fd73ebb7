"""Members' accounts in the console, and single movements: for owners and managers, and for the member alone."""

from tests.permissions import Row, business, members, staff
from tests.world import World

PAGE = staff(cashier=403)
MISSING = staff(owner=404, manager=404, cashier=403)


def account(world: World) -> dict[str, object]:
    return business(world) | {"account": world.member.account.public_id}


def others_account(world: World) -> dict[str, object]:
    return business(world) | {"account": world.other_member.account.public_id}


def movement(world: World) -> dict[str, object]:
    """A purchase of the member."""
    posting = world.purchase(1000).posting
    assert posting
    return business(world) | {"movement": posting.public_id}


ROWS = [
    Row("members:console-accounts", business, expect=PAGE),
    Row("members:console-accounts", business, method="post", data={"q": "Mia"}, expect=PAGE),
    Row("members:console-account", account, expect=PAGE),
    Row("members:console-account", others_account, expect=MISSING),
    Row("members:console-account-print", account, expect=PAGE),
    Row("members:console-account-print", others_account, expect=MISSING),
    Row("members:console-account-csv", account, expect=PAGE),
    Row("members:console-account-csv", others_account, expect=MISSING),
    Row("members:console-movement", movement, expect=PAGE),
    Row("members:movement", movement, expect=members()),
]
