"""Where a purchase was before it was moved."""

from dataclasses import dataclass

from loyalty.models import Account, Sale
from loyalty.queries.accounts import current


@dataclass(frozen=True, slots=True)
class Move:
    """The last move of a purchase: its number, and from which account it came (None: a walk-in's)."""

    number: int
    source: Account | None


def last_move(sale: Sale) -> Move | None:
    """Return the last move of a purchase with the account it came from, or None. Two queries."""
    move = sale.moves.select_related("source__member", "source__business").order_by("-pk").first()
    return Move(move.pk, current(move.source) if move.source else None) if move else None
