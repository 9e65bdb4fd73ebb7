"""How many of some cards cannot be written to: the app that knows people says so at start, as this one knows none."""

from collections.abc import Callable, Collection

from loyalty.models import Business

type Counter = Callable[[Business, Collection[int]], int]

_counters: list[Counter] = []


def register(counter: Counter) -> None:
    """Say who counts; the last one that was registered does."""
    _counters[:] = [counter]


def unreached(business: Business, account_ids: Collection[int]) -> int:
    """Return how many of some accounts of a business have nobody who gets a mail; all, where nobody knows people."""
    return _counters[0](business, account_ids) if _counters else len(account_ids)
