"""The digest of a link of the chain: what one posting booked, as fixed bytes, after the digest before it.

docs/ledger.md shows the bytes. They hold ids, numbers, days, moments and the posting's key and fingerprint: no name,
no reason, no device. A change of the format is a new FORMAT; links that are written keep theirs.
"""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

FORMAT = "regulars-chain-1"
START = "0" * 64
"""What stands for the digest before the first link of a business."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class LotOpened(NamedTuple):
    """The lot that an entry opened; days are ISO dates, at is in microseconds since 1970 in UTC."""

    id: int
    amount: int
    first_good_day: str | None
    last_good_day: str | None
    moved_from: int | None
    at: int


class EntryBooked(NamedTuple):
    """One entry with its lot and its lot uses, these as [lot, amount] in the order of their ids."""

    id: int
    unit: int
    kind: str
    amount: int
    owed_change: int
    forgiven: int
    seq: int
    balance_after: int
    at: int
    lot: LotOpened | None
    uses: list[tuple[int, int]]


class PostingBooked(NamedTuple):
    """One posting with its entries in the order of their ids; what it points to is named by id."""

    id: int
    business: int
    account: int
    key: str
    fingerprint: str
    kind: str
    channel: str
    sale: int | None
    refund: int | None
    reverses: int | None
    staff: int | None
    location: int | None
    at: int
    booked_at: int
    entries: list[EntryBooked]


def digest(previous: str, booked: PostingBooked) -> str:
    """Return the digest of a posting's link: SHA-256 over the one before, the format and the posting, as 64 digits."""
    text = f"{previous}\n{FORMAT}\n{_encode(booked)}"
    return hashlib.sha256(text.encode()).hexdigest()


def micros(at: datetime) -> int:
    """Return a moment as whole microseconds since 1970 in UTC."""
    return (at - _EPOCH) // _MICROSECOND


def iso(day: date | None) -> str | None:
    """Return a day as YYYY-MM-DD."""
    return day.isoformat() if day else None
