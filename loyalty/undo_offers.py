"""What the apps above hold that rests on what an import awarded, and can cancel when the import is undone.

Each registers its own in AppConfig.ready().
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from loyalty.domain.actors import Actor
from loyalty.models import ImportBatch


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """count returns how many unused vouchers rest on an import at a moment; cancel cancels some, and says how many."""

    count: Callable[[ImportBatch, datetime], int]
    cancel: Callable[[ImportBatch, Actor, datetime], int]


_offers: list[UndoOffer] = []


def register(offer: UndoOffer) -> None:
    """Add an offer."""
    _offers.append(offer)


def vouchers(batch: ImportBatch, at: datetime) -> int:
    """Return how many unused vouchers were paid, at least in part, with what an import awarded."""
    return sum(offer.count(batch, at) for offer in _offers)


def cancel_some(batch: ImportBatch, *, by: Actor, at: datetime) -> int:
    """Cancel some of these vouchers, each in a transaction of its own; return how many, 0 once none is left."""
    return sum(offer.cancel(batch, by, at) for offer in _offers)
