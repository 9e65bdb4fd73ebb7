"""Many lots that ran out in a dozen statements, for the job: the very rows that expire_lot() writes one by one."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count

from loyalty.domain import locks, rows
from loyalty.domain.actors import Actor
from loyalty.engine.days import start_of_day
from loyalty.models import Balance, Business, Entry, EntryKind, Lot, LotUse, Posting, PostingKind

_POSTING = (
    "id", "public_id", "business_id", "account_id", "key", "fingerprint", "kind", "channel", "staff_id", "location_id",
    "device", "at", "booked_at",
)  # fmt: skip
_ENTRY = (
    "id", "posting_id", "business_id", "account_id", "unit_id", "kind", "amount", "seq", "balance_after", "why", "at",
)  # fmt: skip
_BALANCE = ("account_id", "unit_id", "amount", "last_seq")


class Ending(NamedTuple):
    """A lot that has run out, with its account, and its last good day in the business's time zone.

    change is the row of the unit's policy that made the day earlier, where one did.
    """

    lot_id: int
    account_id: int
    last_good_day: date
    change: int | None = None


@locks.atomic
def expire_many(endings: Iterable[Ending], *, business: Business, booked_at: datetime, by: Actor) -> int:
    """Book what is left of lots as expired, in the order given, as expire_lot() would each; return how many had any.

    Safe to run again, and by two at once: what is left is looked up under the locks. Locks the accounts in primary-key
    order, then the lots. That a lot has run out is for the caller to judge; its own last good day never changes.
    """
    endings = list(endings)
    locks.lock_many_accounts({ending.account_id for ending in endings})
    left = locks.lock_rests([ending.lot_id for ending in endings])
    due = [ending for ending in endings if ending.lot_id in left]
    if due:
        _Sheet(business, due, left, booked_at=booked_at, by=by).write()
    return len(due)


class _Standing:
    """What an account holds of a unit while lots are booked, and how many entries it has."""

    __slots__ = ("amount", "seq")

    def __init__(self, amount: int, seq: int) -> None:
        self.amount, self.seq = amount, seq


class _Sheet:
    """Rows being prepared for lots of locked accounts that still hold something."""

    def __init__(
        self, business: Business, due: list[Ending], left: Mapping[int, locks.Rest], *, booked_at: datetime, by: Actor
    ) -> None:
        self.business, self.due, self.left = business, due, left
        self.booked_at = rows.moment(booked_at)
        self.channel = by.channel.value
        self.who = (by.staff.pk if by.staff else None, by.location.pk if by.location else None, by.device)
        self.moments: dict[date, str] = {}
        self.times = _times(left)

    @cached_property
    def standing(self) -> dict[tuple[int, int], _Standing]:
        """What the accounts hold, by account and unit. Whoever moves a balance has the lock of its account."""
        found = Balance.objects.filter(account_id__among={ending.account_id for ending in self.due})
        numbers = found.values_list("account_id", "unit_id", "amount", "last_seq")
        return {(account, unit): _Standing(amount, seq) for account, unit, amount, seq in numbers}

    def write(self) -> None:
        """Store a posting, an entry and a lot use for each lot, and what is left of it: nothing."""
        count = len(self.due)
        postings, entries = rows.take_numbers(Posting, count), rows.take_numbers(Entry, count)
        rows.write(Posting, _POSTING, list(map(self._posting, postings, rows.new_ids(count), self.due)))
        rows.write(Entry, _ENTRY, list(map(self._entry, entries, postings, self.due)))
        taken = zip(entries, self.due, strict=True)
        uses = [(entry, each.lot_id, self.left[each.lot_id].amount) for entry, each in taken]
        rows.write(LotUse, ("entry_id", "lot_id", "amount"), uses)
        Lot.objects.set_empty(self.left)
        places = {(each.account_id, self.left[each.lot_id].unit_id) for each in self.due}
        moved = [(*place, self.standing[place].amount, self.standing[place].seq) for place in sorted(places)]
        rows.put(Balance, _BALANCE, moved, once=("account_id", "unit_id"))

    def _posting(self, number: int, public_id: str, each: Ending) -> rows.Cells:
        key = f"expire:{each.lot_id}:{self.times.get(each.lot_id, 0)}"
        fingerprint = _fingerprint(each, self.left[each.lot_id].amount)
        return (
            number, public_id, self.business.pk, each.account_id, key, fingerprint, PostingKind.EXPIRY.value,
            self.channel, *self.who, self._moment(each.last_good_day), self.booked_at,
        )  # fmt: skip

    def _entry(self, number: int, posting: int, each: Ending) -> rows.Cells:
        rest = self.left[each.lot_id]
        standing = self.standing[each.account_id, rest.unit_id]
        standing.amount -= rest.amount
        standing.seq += 1
        by_change = {"change": each.change} if each.change else {}
        why = json.dumps({"last_good_day": rows.day(rest.last_good_day), **by_change})
        return (
            number, posting, self.business.pk, each.account_id, rest.unit_id, EntryKind.EXPIRE.value, -rest.amount,
            standing.seq, standing.amount, why, self._moment(each.last_good_day),
        )  # fmt: skip

    def _moment(self, last_good_day: date) -> str:
        """Return the first moment after a day, as the database keeps it."""
        if last_good_day not in self.moments:
            first = start_of_day(last_good_day + timedelta(days=1), self.business.time_zone)
            self.moments[last_good_day] = rows.moment(first)
        return self.moments[last_good_day]


def _times(lot_ids: Iterable[int]) -> dict[int, int]:
    """Return how often each lot has expired before, where it has: what was given back to it may run out again."""
    expired = LotUse.objects.filter(lot_id__among=list(lot_ids), entry__kind=EntryKind.EXPIRE).order_by()
    return dict(expired.values_list("lot_id").annotate(times=Count("pk")))


def _fingerprint(each: Ending, amount: int) -> str:
    """Return what Booking.fingerprint() gives for the expiry of a lot that holds so much."""
    text = f'["expiry", [{each.account_id}, null, null, null], "", [[{each.lot_id}, {amount}]]]'
    return hashlib.sha256(text.encode()).hexdigest()
