"""Statements and single movements with the names of the rewards that were taken."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from loyalty.models import Account, Business
from loyalty.queries import movement
from loyalty.queries import statement as ledger_statement
from loyalty.queries.movement import Movement
from loyalty.queries.movements import MovementRow
from loyalty.queries.statement import SIZE, Statement
from rewards.queries.takings import reward_names


def statement(
    account: Account, at: datetime, *, unit: str = "", month: str = "", upto: str = "", size: int = SIZE
) -> Statement | None:
    """Return a month of an account as loyalty.queries.statement does. Seven queries."""
    found = ledger_statement.statement(account, at, unit=unit, month=month, upto=upto, size=size)
    return replace(found, rows=_named(found.rows)) if found else None


def all_rows(account: Account, *, month: str = "") -> Iterator[MovementRow]:
    """Yield the movements of a month, or of always, of every unit, in the order of booking."""
    for rows in ledger_statement.all_rows(account, month=month):
        yield from _named(rows)


def _named(rows: Sequence[MovementRow]) -> list[MovementRow]:
    """Return rows with the rewards that they are about. One query."""
    about = {row.posting.pk: row.posting.reverses_id or row.posting.pk for row in rows}
    names = reward_names(set(about.values()))
    return [replace(row, about=names.get(about[row.posting.pk], "")) for row in rows]


def movement_of(account: Account, public_id: UUID) -> Movement | None:
    """Return a posting of an account with the reward that it is about. Seven queries at most."""
    return _told(movement.movement_of(account, public_id))


def movement_in(business: Business, public_id: UUID) -> Movement | None:
    """Return a posting of a business with the reward that it is about. Seven queries at most."""
    return _told(movement.movement_in(business, public_id))


def _told(found: Movement | None) -> Movement | None:
    if found is None:
        return None
    about = found.posting.reverses_id or found.posting.pk
    return found.naming(reward_names([about]).get(about, ""))
