"""Many undos at once, for imports: the very rows that reverse() writes one by one, where nothing stands in the way."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from loyalty.domain import rows
from loyalty.domain.actors import Actor
from loyalty.domain.ledger.booking import Booking
from loyalty.domain.ledger.columns import ENTRY
from loyalty.engine.days import local_day
from loyalty.models import Account, Balance, Business, Entry, EntryKind, Lot, LotUse, Posting, PostingKind

_POSTING = (
    "id", "public_id", "business_id", "account_id", "key", "fingerprint", "kind", "channel", "sale_id", "reverses_id",
    "staff_id", "location_id", "device", "at", "booked_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Untouched:
    """An award of which nothing has been spent, taken back, moved or let expire: its posting and its entries."""

    posting: Posting
    entries: Sequence[Entry]


def untouched(postings: Collection[Posting], business: Business, at: datetime) -> dict[int, Untouched]:
    """Return which awards can be undone at once, by posting id. Three queries. Their accounts are locked."""
    today = local_day(at, business.time_zone)
    found = Entry.objects.filter(posting__in=postings).select_related("lot", "unit").order_by("pk")
    entries: dict[int, list[Entry]] = {posting.pk: [] for posting in postings}
    for entry in found:
        entries[entry.posting_id].append(entry)
    reversed_before = set(Posting.objects.filter(reverses__in=postings).values_list("reverses", flat=True))
    moved = Lot.objects.filter(moved_from=OuterRef("pk"))
    carried = set(
        Lot.objects.filter(entry__posting__in=postings).filter(Exists(moved)).values_list("entry__posting", flat=True)
    )
    return {
        posting.pk: Untouched(posting, entries[posting.pk])
        for posting in postings
        if posting.pk not in reversed_before
        and posting.pk not in carried
        and all(_is_whole(entry, today) for entry in entries[posting.pk])
    }


def _is_whole(entry: Entry, today: Any) -> bool:
    """Whether an entry is an award whose lot holds all of it, and does not run out by somebody's inactivity."""
    if entry.kind != EntryKind.AWARD or entry.unit.may_go_quiet:
        return False
    lot = entry.lot
    return lot.remaining == lot.amount and (lot.last_good_day is None or lot.last_good_day >= today)


def undo_untouched(awards: Iterable[Untouched], *, by: Actor, at: datetime) -> dict[int, int]:
    """Undo awards, in this order, as reverse() would each under the key "undo:<posting>"; return the new postings.

    They are of one business; their accounts are locked by the caller, and none of them is merged.
    """
    given = list(awards)
    if not given:
        return {}
    numbers = rows.take_numbers(Posting, len(given))
    moment = rows.moment(at)
    heads = zip(numbers, rows.new_ids(len(given)), given, strict=True)
    rows.write(
        Posting, _POSTING, [_posting(number, public_id, each.posting, by, at) for number, public_id, each in heads]
    )
    entries = [(number, entry) for number, each in zip(numbers, given, strict=True) for entry in each.entries]
    taken = rows.take_numbers(Entry, len(entries))
    balances = _balances(entry for _, entry in entries)
    written: list[rows.Cells] = []
    for (number, entry), pk in zip(entries, taken, strict=True):
        balance = balances[entry.account_id, entry.unit_id]
        balance.amount -= entry.amount
        balance.last_seq += 1
        why = json.dumps({"of": entry.posting_id, "owed": 0})
        written.append((
            number, entry.business_id, entry.account_id, entry.unit_id, EntryKind.TAKE_BACK.value, -entry.amount, 0,
            balance.last_seq, balance.amount, why, moment, pk,
        ))  # fmt: skip
    rows.write(Entry, ENTRY, written)
    uses = [(pk, entry.lot.pk, entry.amount) for (_, entry), pk in zip(entries, taken, strict=True)]
    rows.write(LotUse, ("entry_id", "lot_id", "amount"), uses)
    Lot.objects.set_empty([lot for _, lot, _ in uses])
    moved = [(*place, balance.amount, balance.last_seq) for place, balance in balances.items()]
    rows.put(Balance, ("account_id", "unit_id", "amount", "last_seq"), moved, once=("account_id", "unit_id"))
    return {each.posting.pk: number for number, each in zip(numbers, given, strict=True)}


def _posting(number: int, public_id: str, undone: Posting, by: Actor, at: datetime) -> rows.Cells:
    key = f"undo:{undone.pk}"
    booking = Booking(
        account=Account(pk=undone.account_id), key=key, kind=PostingKind.UNDO, at=at, booked_at=at, by=by,
        sale=undone.sale, reverses=undone,
    )  # fmt: skip
    moment, location, staff = rows.moment(at), by.location, by.staff
    return (
        number, public_id, undone.business_id, undone.account_id, key, booking.fingerprint([]),
        PostingKind.UNDO.value, by.channel.value, undone.sale_id, undone.pk, staff.pk if staff else None,
        location.pk if location else None, by.device, moment, moment,
    )  # fmt: skip


def _balances(entries: Iterable[Entry]) -> Mapping[tuple[int, int], Balance]:
    """Return the balances that entries moved, by account and unit."""
    accounts = {entry.account_id for entry in entries}
    found = Balance.objects.filter(account_id__among=accounts)
    return {(balance.account_id, balance.unit_id): balance for balance in found}
