"""Who may open what: one row for every URL of ours, in one file per topic.

    ROWS = [
        Row("loyalty:console-home", business, expect=staff(owner=200, manager=200, cashier=403)),
        Row("loyalty:console-rules", business, method="post", data={"name": ""}, expect=staff(owner=422, ...)),
    ]

test_table.py asks every row as every actor, and fails for a URL without a row. A refusal (403, 404 or the log-in page)
must also have written nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

LOGIN = "login"
REFUSALS = (LOGIN, 403, 404)

type Answer = int | str
type Facts = Mapping[str, Any] | Callable[[Any], Mapping[str, Any]]

# Each actor, and the log-in of the world (tests/world.py) that plays it.
ACTORS = {
    "owner": "owner",
    "manager": "manager",
    "cashier": "cashier",
    "member": "member_user",
    "stranger": "stranger",
    "other_owner": "other_owner",
    "anonymous": None,
}
PLATFORM = "platform"
"""Platform staff; only the rows of pages made for them speak of it."""


@dataclass(frozen=True)
class Row:
    """One request to one URL, and the status that each actor gets; LOGIN is a redirect to the log-in page.

    kwargs_from and data are mappings, or functions of the world that return one.
    """

    url_name: str
    kwargs_from: Facts = field(default_factory=dict)
    method: str = "get"
    data: Facts = field(default_factory=dict)
    expect: Mapping[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if set(self.expect) - {PLATFORM} != set(ACTORS):
            raise ValueError(f"{self.url_name}: say what {sorted(set(ACTORS) ^ set(self.expect))} get.")


def business(world: Any) -> dict[str, str]:
    """The URL of a page of the world's business."""
    return {"business": world.business.slug}


def everybody(answer: Answer = 200) -> dict[str, Answer]:
    """A page for the whole world."""
    return dict.fromkeys(ACTORS, answer)


def signed_in(answer: Answer = 200) -> dict[str, Answer]:
    """A page for everybody who is logged in."""
    return everybody(answer) | {"anonymous": LOGIN}


def staff(*, owner: Answer = 200, manager: Answer = 200, cashier: Answer = 200) -> dict[str, Answer]:
    """A page of the business's staff: strangers, also those of another business, learn nothing of it."""
    return everybody(404) | {"owner": owner, "manager": manager, "cashier": cashier, "anonymous": LOGIN}


def members(answer: Answer = 200, **others: Answer) -> dict[str, Answer]:
    """A page of the business's members."""
    return everybody(404) | {"member": answer, "anonymous": LOGIN} | others
