"""What is asked of the ledger, and how it refuses."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from loyalty.domain.actors import Actor
from loyalty.models import Account, Posting, PostingKind, Refund, Sale, Unit

_TEXT = json.JSONEncoder(default=str, sort_keys=True)


class LedgerError(Exception):
    """A booking that the ledger refuses; nothing was written."""


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

    def fingerprint(self, *content: object) -> str:
        """Return a digest of what is booked: the same key must come with the same digest."""
        ids = [o.pk if o else None for o in (self.account, self.sale, self.refund, self.reverses)]
        return hashlib.sha256(fingerprint_text(self.kind, ids, self.reason, *content).encode()).hexdigest()


def fingerprint_text(kind: PostingKind, ids: Sequence[object], reason: str, *content: object) -> str:
    """Return what a fingerprint is the digest of; ids are those of account, sale, refund and the posting reversed."""
    return _TEXT.encode([kind, ids, reason, content])


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
