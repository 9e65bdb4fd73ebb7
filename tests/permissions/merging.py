"""Two cards of one person merged: for owners and managers; the merged member is told so."""

from typing import Any
from uuid import uuid4

from loyalty.domain.accounts import open_account
from members.domain import merging
from members.queries.till import customer_of
from tests.permissions import Row, business, members, staff
from tests.world import NOW


def managers(answer: int) -> dict[str, Any]:
    return staff(owner=answer, manager=answer, cashier=403)


def kept(world: Any) -> dict[str, Any]:
    return {**business(world), "account": world.member.account.public_id}


def pair(world: Any) -> dict[str, Any]:
    """A member's card and one that has no name."""
    return {**kept(world), "other": open_account(business=world.business, at=NOW).public_id}


def stranger(world: Any) -> dict[str, Any]:
    return {**kept(world), "other": world.other_member.account.public_id}


def other_account(world: Any) -> dict[str, Any]:
    return {**business(world), "account": world.other_member.account.public_id}


def merged(world: Any) -> dict[str, Any]:
    source = customer_of(open_account(business=world.business, at=NOW), world.business)
    target = customer_of(world.member.account, world.business)
    done = merging.merge(source=source, target=target, key=str(uuid4()), by=world.at_console(), at=NOW)
    return {**business(world), "merge": done.public_id}


def nothing(world: Any) -> dict[str, Any]:
    return {**business(world), "merge": uuid4()}


ROWS = [
    Row("members:console-merge-find", kept, expect=managers(200)),
    Row("members:console-merge-find", kept, method="post", data={"q": "mia"}, expect=managers(200)),
    Row("members:console-merge-find", other_account, expect=managers(404)),
    Row("members:console-merge", pair, expect=managers(200)),
    Row("members:console-merge", pair, method="post", data={"key": str(uuid4())}, expect=managers(302)),
    Row("members:console-merge", pair, method="post", expect=managers(422)),
    Row("members:console-merge", stranger, expect=managers(404)),
    Row("members:console-merge", stranger, method="post", data={"key": str(uuid4())}, expect=managers(404)),
    Row("members:console-merged", merged, expect=managers(200)),
    Row("members:console-merged", nothing, expect=managers(404)),
    Row("members:console-merge-undo", merged, method="post", expect=managers(302)),
    Row("members:console-merge-undo", nothing, method="post", expect=managers(404)),
    Row("members:merged", business, expect=members(404)),
    Row("members:merged", business, method="post", data={"card": "x"}, expect=members(404)),
]
