"""What postings booked, as the chain digests it; and a business's seals."""

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import QuerySet

from loyalty.engine.chain import EntryBooked, LotOpened, PostingBooked, iso, micros
from loyalty.models import Business, ChainLink, Entry, LotUse, Posting, Seal

ENTRY = ("id", "posting", "unit", "kind", "amount", "owed_change", "forgiven", "seq", "balance_after", "at")
LOT = ("lot__id", "lot__amount", "lot__first_good_day", "lot__last_good_day", "lot__moved_from", "lot__at")
HEAD = (
    "id", "business", "account", "key", "fingerprint", "kind", "channel", "sale", "refund", "reverses", "staff",
    "location", "at", "booked_at",
)  # fmt: skip


def head_of(business_id: int) -> ChainLink | None:
    """Return the last link of a business's chain; None before the first."""
    return ChainLink.objects.filter(business=business_id).order_by("-number").first()


def seals_of(business: Business) -> QuerySet[Seal]:
    """Return a business's seals, the latest day first."""
    return Seal.objects.filter(business=business).order_by("-day")


def unlinked(*, after: int, size: int) -> list[tuple[int, int]]:
    """Return the first postings after a primary key that have no link: their ids and those of their businesses."""
    rows = Posting.objects.filter(pk__gt=after, link=None).order_by("pk").values_list("pk", "business")
    return list(rows[:size])


def booked(**of: object) -> dict[int, PostingBooked]:
    """Return what postings booked, by id; of says which, in the words of a filter. Three queries.

    Which are named by ranges, not by thousands of ids: these would cost more than the rows.
    """
    entries = _entries(of)
    rows = Posting.objects.filter(**of).values_list(*HEAD)
    return {
        row[0]: PostingBooked._make((*row, micros(at), micros(booked_at), entries[row[0]]))
        for *row, at, booked_at in rows
    }


def _entries(of: Mapping[str, object]) -> dict[int, list[EntryBooked]]:
    uses = _uses(of)
    found: dict[int, list[EntryBooked]] = defaultdict(list)
    rows = Entry.objects.filter(**_through("posting", of)).order_by("pk").values_list(*ENTRY, *LOT)
    for entry_id, posting_id, *numbers, at, lot_id, amount, first, last, moved_from, lot_at in rows:
        lot = LotOpened(lot_id, amount, iso(first), iso(last), moved_from, micros(lot_at)) if lot_id else None
        found[posting_id].append(EntryBooked._make((entry_id, *numbers, micros(at), lot, uses[entry_id])))
    return found


def _uses(of: Mapping[str, object]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = LotUse.objects.filter(**_through("entry__posting", of)).order_by("pk")
    for entry_id, lot_id, amount in rows.values_list("entry", "lot", "amount"):
        found[entry_id].append((lot_id, amount))
    return found


def _through(path: str, of: Mapping[str, object]) -> dict[str, object]:
    return {f"{path}__{name}": value for name, value in of.items()}
