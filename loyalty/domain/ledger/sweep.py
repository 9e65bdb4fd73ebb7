"""Bringing what one account holds and owes to another: a merge, its undo, and what still reaches a merged account.

Two postings each time: what leaves the one arrives in the other. Each open lot is emptied and a new lot of the same
days takes over what was left of it (moved_from); what is owed goes along and is paid there at once, if it can be.
Lots past their last good day stay and expire where they are.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from loyalty.domain import locks
from loyalty.domain.actors import Actor
from loyalty.domain.ledger.booking import Booking
from loyalty.domain.ledger.expiring import lapse
from loyalty.domain.ledger.page import Page, inactive_after
from loyalty.engine.days import local_day
from loyalty.engine.debts import still_owed
from loyalty.engine.lots import LotView, spending_order
from loyalty.models import Account, AccountMerge, Balance, Channel, Entry, EntryKind, Lot, Posting, PostingKind, Unit
from loyalty.queries.lots import family


@dataclass(frozen=True, slots=True)
class Load:
    """What is brought over of one unit: open lots whole, and so much of what is owed."""

    lots: tuple[Lot, ...]
    owed: int


def close(page: Page) -> Posting:
    """Store what a verb has written; what it left on a merged account goes on to the one it belongs to."""
    posting = page.close()
    follow(posting, page.account)
    return posting


def follow(posting: Posting, account: Account) -> None:
    """Bring on what a posting left on a locked account, if that is merged: step by step to where its trail ends."""
    if not account.merged_into_id:
        return
    by = Actor(Channel(posting.channel), staff=posting.staff, location=posting.location, device=posting.device)
    while account.merged_into_id:
        merge = AccountMerge.objects.select_related("source__business", "target__business").get(
            source=account, undone_at=None
        )
        at = max(posting.at, merge.merged_at)
        journey = _Journey(merge, f"merge:{merge.pk}:{posting.pk}", PostingKind.MERGE, at, posting.booked_at, by)
        journey.go(merge.source, merge.target, _all_of(merge.source, at), first=_awarded_by(posting.reverses))
        account = merge.target


def bring_over(merge: AccountMerge, *, by: Actor) -> None:
    """Bring all that the source of a merge holds and owes to its target. Both are locked."""
    at = merge.merged_at
    journey = _Journey(merge, f"merge:{merge.pk}", PostingKind.MERGE, at, at, by)
    journey.go(merge.source, merge.target, _all_of(merge.source, at))


def bring_back(merge: AccountMerge, *, by: Actor, at: datetime) -> None:
    """Bring what is left of what came over by a merge back to its source. Both are locked, and no longer merged."""
    journey = _Journey(merge, f"unmerge:{merge.pk}", PostingKind.UNMERGE, at, at, by)
    journey.go(merge.target, merge.source, _left_of(merge, at))


@dataclass(frozen=True, slots=True)
class _Journey:
    """The heads of the two postings."""

    merge: AccountMerge
    key: str
    kind: PostingKind
    at: datetime
    booked_at: datetime
    by: Actor

    def go(self, start: Account, end: Account, loads: Mapping[int, Load], *, first: Collection[int] = ()) -> None:
        """Carry the loads; what is owed is paid from lots that took over content of the first ones before others."""
        if not loads:
            return
        leaving, arriving = Page(self._head(start, "out"), None), Page(self._head(end, "in"), None)
        for page in (leaving, arriving):
            lapse(page, Unit.objects.filter(pk__in=loads))
        for unit_id, load in sorted(loads.items()):
            left = {lot: lot.remaining for lot in load.lots}
            why = {"merge": self.merge.pk}
            out = leaving.write(unit_id, EntryKind.MOVE_OUT, -sum(left.values()), owed_change=-load.owed, why=why)
            leaving.use(out, left)
            for lot, amount in left.items():
                _take_over(lot, arriving.write(unit_id, EntryKind.MOVE_IN, amount, why=why))
            if load.owed:
                arriving.write(unit_id, EntryKind.MOVE_IN, 0, owed_change=load.owed, why=why)
            if arriving.balance(unit_id).owed:
                arriving.settle(unit_id, _to_pay_from(arriving, unit_id, family(first)))
        leaving.close()
        arriving.close()

    def _head(self, account: Account, way: str) -> Booking:
        return Booking(
            account=account, key=f"{self.key}:{way}", kind=self.kind, at=self.at, booked_at=self.booked_at, by=self.by
        )


def _take_over(lot: Lot, entry: Entry) -> None:
    Lot.objects.create(
        entry=entry,
        business_id=entry.business_id,
        account_id=entry.account_id,
        unit_id=entry.unit_id,
        amount=entry.amount,
        remaining=entry.amount,
        first_good_day=lot.first_good_day,
        last_good_day=lot.last_good_day,
        moved_from=lot,
        at=lot.at,
    )


def _to_pay_from(page: Page, unit_id: int, first: Collection[int]) -> list[Lot]:
    lots = page.lasting_lots(unit_id)
    views = {lot.pk: LotView(lot.pk, lot.remaining, lot.last_good_day, lot.pk) for lot in lots}
    return sorted(lots, key=lambda lot: (lot.pk not in first, spending_order(views[lot.pk])))


def _all_of(account: Account, at: datetime) -> dict[int, Load]:
    """Return all that a locked account holds, but for what is past its last good day, and owes, by unit."""
    loads = {}
    for balance in Balance.objects.filter(account=account).select_related("unit").order_by("unit"):
        lots = _still_good(locks.lock_open_lots(account, balance.unit_id), balance, account, at)
        if lots or balance.owed:
            loads[balance.unit_id] = Load(lots, balance.owed)
    return loads


def _left_of(merge: AccountMerge, at: datetime) -> dict[int, Load]:
    """Return what is left on the locked target of what came over by a merge, and how much of its debts, by unit."""
    target = merge.target
    came = Q(posting__kind=PostingKind.MERGE, posting__key__startswith=f"merge:{merge.pk}:", kind=EntryKind.MOVE_IN)
    arrived = Entry.objects.filter(came, account=target)
    kin = family(Lot.objects.filter(entry__in=arrived).values_list("pk", flat=True))
    loads = {}
    units = arrived.values_list("unit", flat=True)
    for balance in Balance.objects.filter(account=target, unit__in=units).select_related("unit").order_by("unit"):
        unit_id = balance.unit_id
        ours = (lot for lot in locks.lock_open_lots(target, unit_id) if lot.pk in kin)
        lots = _still_good(ours, balance, target, at)
        debts = set(arrived.filter(unit=unit_id, owed_change__gt=0).values_list("pk", flat=True))
        changes = Entry.objects.filter(account=target, unit=unit_id).exclude(owed_change=0).order_by("seq")
        owed = still_owed((pk in debts, change) for pk, change in changes.values_list("pk", "owed_change"))
        if lots or owed:
            loads[unit_id] = Load(lots, owed)
    return loads


def _still_good(lots: Iterable[Lot], balance: Balance, account: Account, at: datetime) -> tuple[Lot, ...]:
    """Return the lots of a balance that have not run out by a moment, by their own day or by inactivity."""
    zone = account.business.time_zone
    today = local_day(at, zone)
    quiet = inactive_after(balance.unit, balance, zone)
    return tuple(lot for lot in lots if (last := lot.last_good_day or quiet) is None or last >= today)


def _awarded_by(posting: Posting | None) -> list[int]:
    """Return the lots that a posting which is being reversed had opened."""
    return list(Lot.objects.filter(entry__posting=posting).values_list("pk", flat=True)) if posting else []
