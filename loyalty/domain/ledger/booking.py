"""What is asked of the ledger, and how it refuses."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from loyalty.domain.actors import Actor
from loyalty.models import Account, Posting, PostingKind, Refund, Sale, Unit
from loyalty.queries.accounts import current

_GOES_BACK = (
    PostingKind.REFUND, PostingKind.UNDO, PostingKind.EXPIRY, PostingKind.MOVE, PostingKind.MERGE, PostingKind.UNMERGE,
    PostingKind.FORGIVE,
)  # fmt: skip

_TEXT = json.JSONEncoder(default=str, sort_keys=True)


class LedgerError(Exception):
    """A booking that the ledger refuses; nothing was written."""


class AccountClosed(LedgerError):
    """The account was closed, or leads to one that was: what was booked there may be put right, nothing new comes."""


class NotEnough(LedgerError):
    """The account does not hold what was asked for."""

    def __init__(self, *, available: int, asked: int) -> None:
        super().__init__(f"{asked} asked, {available} available")
        self.available = available
        self.asked = asked


class NotOwed(LedgerError):
    """The account does not owe what was to be forgiven."""

    def __init__(self, *, owed: int, asked: int) -> None:
        super().__init__(f"{asked} asked, {owed} owed")
        self.owed = owed
        self.asked = asked


class CannotReinstate(LedgerError):
    """The posting is no expiry: only what ran out can be given again."""


class AlreadyReinstated(LedgerError):
    """What ran out was given again before, under another key."""


class KeyReused(LedgerError):
    """The key was used before, for something else."""


class AlreadyUndone(LedgerError):
    """The posting was undone before, under another key."""


class CannotUndo(LedgerError):
    """The posting is of a kind that is never undone; book the opposite anew."""


def check_open(account: Account) -> None:
    """Raise AccountClosed unless a locked account, or the one that it leads to, takes new bookings."""
    if current(account).closed_at:
        raise AccountClosed


@dataclass(frozen=True, slots=True)
class Booking:
    """The head of a posting. at is when it happened, booked_at when it reaches the books."""

    account: Account
    key: str
    kind: PostingKind
    at: datetime
    booked_at: datetime
    by: Actor
    sale: Sale | None = None
    refund: Refund | None = None
    reverses: Posting | None = None
    reason: str = ""

    @property
    def goes_back(self) -> bool:
        """Whether it only puts right, or ends, what was booked before; such a booking is made on a closed account, too.

        So is what an import that is being undone had taken back.
        """
        return self.kind in _GOES_BACK or (self.kind == PostingKind.ADJUSTMENT and self.refund is not None)

    def fingerprint(self, *content: object) -> str:
        """Return a digest of what is booked: the same key must come with the same digest."""
        ids = [o.pk if o else None for o in (self.account, self.sale, self.refund, self.reverses)]
        return hashlib.sha256(_TEXT.encode([self.kind, ids, self.reason, content]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AwardLine:
    """What is awarded of one unit, from and until when it is good (None: at once, for ever), and why."""

    unit: Unit
    amount: int
    last_good_day: date | None = None
    why: Mapping[str, Any] = field(default_factory=dict)
    first_good_day: date | None = None

    @property
    def content(self) -> tuple[object, ...]:
        """What a posting's fingerprint says of the line."""
        held = (self.first_good_day,) if self.first_good_day else ()
        return (self.unit.pk, self.amount, self.last_good_day, *held)


class PlainLine(NamedTuple):
    """What is awarded of one unit, as an AwardLine says it: days are those of rows.day(), why is JSON."""

    unit_id: int
    amount: int
    since: str | None
    until: str | None
    why: str

    @property
    def content(self) -> str:
        """What a posting's fingerprint says of the line, as JSON."""
        until = f'"{self.until}"' if self.until else "null"
        since = f', "{self.since}"' if self.since else ""
        return f"[{self.unit_id}, {self.amount}, {until}{since}]"


def around_sale(kind: PostingKind, account_id: int, lines: Sequence[PlainLine], reason: str = "") -> tuple[str, str]:
    """Return what the fingerprint of an award is the digest of: the text before the sale's number, and that after it.

    Without a sale the number is "null". The whole is what Booking.fingerprint() digests.
    """
    contents = ", ".join([line.content for line in lines])
    return f'["{kind.value}", [{account_id}, ', f", null, null], {json.dumps(reason)}, [[{contents}]]]"
