"""What only the app that knows people can say of cards: it registers at start who says it, as this one knows none.

Accounts are given by their ids.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loyalty.models import Business, User

type Counter = Callable[[Business, Collection[int]], int]


@dataclass(frozen=True, slots=True)
class Holder:
    """A person by name, and the page of the console that shows the account."""

    name: str
    url: str


class Teller(Protocol):
    """Tells who holds some accounts, and notes that a user sees it on a page: a URL name."""

    def __call__(
        self, *, business: Business, accounts: Collection[int], user: User, page: str, at: datetime
    ) -> Mapping[int, Holder]: ...


_counters: list[Counter] = []
_tellers: list[Teller] = []


def register(*, count: Counter, tell: Teller) -> None:
    """Say who counts and who tells; the last ones that were registered do."""
    _counters[:], _tellers[:] = [count], [tell]


def unreached(business: Business, account_ids: Collection[int]) -> int:
    """Return how many of some accounts of a business have nobody who gets a mail; all, where nobody knows people."""
    return _counters[0](business, account_ids) if _counters else len(account_ids)


def holders(
    *, business: Business, accounts: Collection[int], user: User, page: str, at: datetime
) -> Mapping[int, Holder]:
    """Return who holds some accounts of a business; the look is noted. Accounts without a named person are left out."""
    return _tellers[0](business=business, accounts=accounts, user=user, page=page, at=at) if _tellers else {}
