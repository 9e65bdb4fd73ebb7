"""One posting being written: entries, lots and lot uses under the account's lock."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min, Sum

from loyalty.domain import locks
from loyalty.domain.ledger.booking import Booking, KeyReused, NotEnough, check_open
from loyalty.engine import lots as lot_rules
from loyalty.engine import policies
from loyalty.engine.days import local_day
from loyalty.engine.policies import QuietEnd, Steps
from loyalty.models import Balance, DebtPolicy, Entry, EntryKind, Lot, LotUse, Posting, PostingKind, Unit
from loyalty.queries.accounts import leading_to
from loyalty.queries.lots import family

ACTIVITY = (
    PostingKind.PURCHASE, PostingKind.VISIT, PostingKind.REDEMPTION, PostingKind.MERGE, PostingKind.UNMERGE,
)  # fmt: skip
"""What moves the last good day of what expires by inactivity: whoever merges two cards has the customer there."""
GIVEN = (EntryKind.AWARD, EntryKind.ADD, EntryKind.REINSTATE)


def is_activity(posting: str, entry: EntryKind) -> bool:
    """Whether an entry is activity of its account in its unit: who buys, spends or is given something is active."""
    return posting in ACTIVITY or entry in GIVEN


def quiet_end(steps: Steps, balance: Balance, zone: str) -> QuietEnd:
    """Return when all that an account holds of a unit without a day of its own ends, and by which change, if by one.

    steps are the unit's: whoever asks for many balances reads them once.
    """
    if balance.last_activity_at is None:
        return QuietEnd(None)
    return policies.quiet_end(steps, local_day(balance.last_activity_at, zone))


def inactive_after(unit: Unit, balance: Balance, zone: str) -> date | None:
    """Return the last good day of everything an account holds of a unit; None where that is not by inactivity."""
    return quiet_end(unit.steps, balance, zone).last_good_day


def reversed_so_far(posting: Posting) -> dict[int, int]:
    """Return, by unit id, how much of a posting its reversals took or gave back, with what became owed or forgiven.

    A refund that was itself undone does not count: what it took was added again.
    """
    rows = Entry.objects.filter(
        posting__reverses=posting,
        posting__refund__undone_at=None,
        kind__in=(EntryKind.TAKE_BACK, EntryKind.GIVE_BACK),
    ).values_list("unit", "amount", "owed_change", "forgiven")
    totals: dict[int, int] = {}
    for unit_id, amount, owed, forgiven in rows:
        totals[unit_id] = totals.get(unit_id, 0) + abs(amount) + owed + forgiven
    return totals


class Page:
    """One posting being written on a locked account. known is the first posting under the same key.

    Raises KeyReused, and AccountClosed for anything new on a closed account.
    """

    def __init__(self, booking: Booking, content: object) -> None:
        self.booking = booking
        self.account = locks.lock_account(booking.account)
        self.zone = booking.account.business.time_zone
        self.balances: dict[int, Balance] = {}
        self.units: dict[int, Unit] = {}
        self.fingerprint = booking.fingerprint(content)
        self.known = self._find()
        if self.known is None and not booking.goes_back:
            check_open(self.account)

    def _find(self) -> Posting | None:
        known = Posting.objects.filter(business_id=self.account.business_id, key=self.booking.key).first()
        if known and known.fingerprint != self.fingerprint:
            raise KeyReused(self.booking.key)
        return known

    @cached_property
    def posting(self) -> Posting:
        """The posting, written when its first entry is."""
        head = self.booking
        try:
            with transaction.atomic():
                return Posting.objects.create(
                    business_id=self.account.business_id,
                    account=self.account,
                    key=head.key,
                    fingerprint=self.fingerprint,
                    kind=head.kind,
                    channel=head.by.channel,
                    sale=head.sale,
                    refund=head.refund,
                    reverses=head.reverses,
                    reason=head.reason,
                    staff=head.by.staff,
                    location=head.by.location,
                    device=head.by.device,
                    at=head.at,
                    booked_at=head.booked_at,
                )
        except IntegrityError as error:
            # Another account's booking took the key at the same moment, or the posting was undone twice at once.
            raise KeyReused(head.key) from error

    def balance(self, unit_id: int) -> Balance:
        if unit_id not in self.balances:
            self.balances.update(locks.lock_balances(self.account, [unit_id]))
        return self.balances[unit_id]

    def forget(self, unit: Unit) -> None:
        """Read the balance anew: another posting has moved it."""
        del self.balances[unit.pk]

    def quiet_since(self, unit: Unit) -> date | None:
        """Return the last good day of everything of a unit, if inactivity has ended it before the day of booking."""
        last_day = inactive_after(unit, self.balance(unit.pk), self.zone)
        return last_day if last_day and last_day < local_day(self.booking.at, self.zone) else None

    def is_past(self, lot: Lot) -> bool:
        """Whether a lot, wherever it lies, has run out by the day of booking, whether or not the job has been there.

        A lot with a day of its own runs out on that; inactivity ends the others.
        """
        today = local_day(self.booking.at, self.zone)
        if lot.last_good_day:
            return _view(lot).is_past(today)
        last_day = self._quiet_end(lot).last_good_day if self._unit(lot).may_go_quiet else None
        return last_day is not None and last_day < today

    def _quiet_end(self, lot: Lot) -> QuietEnd:
        """Return when inactivity ends a lot without a day of its own, on whatever account it lies."""
        unit = self._unit(lot)
        if lot.account_id == self.account.pk:
            return quiet_end(unit.steps, self.balance(unit.pk), self.zone)
        return quiet_end(unit.steps, Balance.objects.get(account=lot.account_id, unit=unit), self.zone)

    def _unit(self, lot: Lot) -> Unit:
        if lot.unit_id not in self.units:
            self.units[lot.unit_id] = Unit.objects.get(pk=lot.unit_id)
        return self.units[lot.unit_id]

    def write(
        self,
        unit_id: int,
        kind: EntryKind,
        amount: int,
        *,
        owed_change: int = 0,
        forgiven: int = 0,
        why: Mapping[str, Any] | None = None,
    ) -> Entry:
        balance = self.balance(unit_id)
        balance.amount += amount
        balance.owed += owed_change
        balance.last_seq += 1
        self._count(balance, kind, amount)
        return Entry.objects.create(
            posting=self.posting,
            business_id=self.account.business_id,
            account=self.account,
            unit_id=unit_id,
            kind=kind,
            amount=amount,
            owed_change=owed_change,
            forgiven=forgiven,
            seq=balance.last_seq,
            balance_after=balance.amount,
            why=dict(why or {}),
            at=self.booking.at,
        )

    def _count(self, balance: Balance, kind: EntryKind, amount: int) -> None:
        if kind == EntryKind.AWARD:
            balance.awarded_total += amount
        elif kind in (EntryKind.SPEND, EntryKind.GIVE_BACK):
            balance.spent_total -= amount
        if is_activity(self.booking.kind, kind):
            balance.last_activity_at = max(filter(None, (balance.last_activity_at, self.booking.at)))

    def open_lot(self, entry: Entry, last_good_day: date | None, *, first_good_day: date | None = None) -> Lot:
        return Lot.objects.create(
            entry=entry,
            business_id=self.account.business_id,
            account=self.account,
            unit_id=entry.unit_id,
            amount=entry.amount,
            remaining=entry.amount,
            first_good_day=first_good_day,
            last_good_day=last_good_day,
            at=entry.at,
        )

    def plan(self, unit_id: int, amount: int) -> dict[Lot, int]:
        """Return which open lots give how much; raise NotEnough if they do not cover the amount."""
        try:
            return self._plan(unit_id, amount)
        except lot_rules.NotEnough as error:
            raise NotEnough(available=error.available, asked=error.asked) from error

    def _plan(self, unit_id: int, amount: int) -> dict[Lot, int]:
        today = local_day(self.booking.at, self.zone)
        lots = {lot.pk: lot for lot in self.lasting_lots(unit_id)}
        takes = lot_rules.plan_spend([_view(lot) for lot in lots.values()], amount, on=today)
        return {lots[take.lot_id]: take.amount for take in takes}

    def lasting_lots(self, unit_id: int) -> list[Lot]:
        """Lock and return the open lots of a unit that have not run out on the day of the booking, held or not."""
        return [lot for lot in locks.lock_open_lots(self.account, unit_id) if not self.is_past(lot)]

    def use(self, entry: Entry, takes: Mapping[Lot, int]) -> None:
        LotUse.objects.bulk_create(LotUse(entry=entry, lot=lot, amount=amount) for lot, amount in takes.items())
        for lot, amount in takes.items():
            Lot.objects.set_remaining(lot, lot.remaining - amount)

    def settle(self, unit_id: int, lots: Iterable[Lot]) -> None:
        """Pay what is owed from lots that have just been filled."""
        owed = self.balance(unit_id).owed
        takes: dict[Lot, int] = {}
        for lot in lots:
            amount = min(owed, lot.remaining)
            if amount:
                takes[lot] = amount
                owed -= amount
        paid = sum(takes.values())
        if paid:
            self.use(self.write(unit_id, EntryKind.SETTLE, -paid, owed_change=-paid), takes)

    def expire(self, takes: Mapping[Lot, int]) -> None:
        for lot, amount in takes.items():
            why = {"last_good_day": lot.last_good_day.isoformat() if lot.last_good_day else None}
            self.use(self.write(lot.unit_id, EntryKind.EXPIRE, -amount, why=why | self._change(lot)), {lot: amount})

    def _change(self, lot: Lot) -> dict[str, int]:
        """Return, for the explanation of an expiry, the change of the unit's policy without which it came later."""
        change = None if lot.last_good_day else self._quiet_end(lot).change
        return {"change": change} if change else {}

    def give_back(self, spent: Entry, shares: Mapping[int, int] | None) -> None:
        used = self._net_uses(spent)
        amount = sum(used.values())
        if shares is not None:
            amount = min(amount, shares.get(spent.unit_id, 0))
        if amount <= 0:
            return
        lots = locks.lock_lots(used)
        takes = [lot_rules.Take(lot_id, taken) for lot_id, taken in used.items()]
        given = {lots[take.lot_id]: take.amount for take in lot_rules.plan_give_back(takes, amount)}
        entry = self.write(spent.unit_id, EntryKind.GIVE_BACK, sum(given.values()), why={"of": spent.posting_id})
        self.use(entry, {lot: -part for lot, part in given.items()})
        self.expire({lot: part for lot, part in given.items() if self.is_past(lot)})
        self.settle(spent.unit_id, [lot for lot in given if not self.is_past(lot)])

    def _net_uses(self, spent: Entry) -> dict[int, int]:
        """Return what the spending still holds of each lot, in the order of spending, after what was given back."""
        rows = (
            (
                LotUse.objects.filter(entry=spent)
                | LotUse.objects.filter(
                    entry__posting__reverses=spent.posting_id,
                    entry__unit=spent.unit_id,
                    entry__kind=EntryKind.GIVE_BACK,
                )
            )
            .values_list("lot")
            .annotate(total=Sum("amount"), first=Min("pk"))
            .order_by("first")
        )
        return {lot_id: total for lot_id, total, _ in rows if total > 0}

    def take_back(self, awarded: Entry, shares: Mapping[int, int] | None) -> None:
        kin = family([awarded.lot.pk])
        taken = reversed_so_far(awarded.posting).get(awarded.unit_id, 0)
        amount = awarded.amount - taken
        if shares is not None:
            amount = min(amount, shares.get(awarded.unit_id, 0))
        amount -= self._run_out(kin)
        if amount <= 0:
            return
        takes = self._from_own(kin, amount)
        takes |= self._from_others(kin, awarded.unit_id, amount - sum(takes.values()))
        covered = sum(takes.values())
        owed, forgiven = self._left_open(awarded.unit_id, amount - covered)
        why = {"of": awarded.posting_id, "owed": owed}
        entry = self.write(awarded.unit_id, EntryKind.TAKE_BACK, -covered, owed_change=owed, forgiven=forgiven, why=why)
        self.use(entry, takes)

    def _left_open(self, unit_id: int, rest: int) -> tuple[int, int]:
        """Return how much of what the balance does not cover is owed and how much forgiven, as the business wants.

        Of a merged account so much is owed all the same as lies on the one that it leads to, which pays it at once.
        """
        if self.booking.account.business.debt_policy != DebtPolicy.FORGIVE:
            return rest, 0
        owed = min(rest, self._held_onward(unit_id)) if self.account.merged_into_id else 0
        return owed, rest - owed

    def _held_onward(self, unit_id: int) -> int:
        """Return what the locked accounts that a merged one leads to hold of a unit and could give."""
        onward = leading_to([self.account.merged_into_id or 0])
        lots = Lot.objects.filter(account__in=onward, unit=unit_id, remaining__gt=0)
        return sum(lot.remaining for lot in lots if not self.is_past(lot))

    def _from_own(self, kin: Collection[int], amount: int) -> dict[Lot, int]:
        """Take from the award's own lot and from those of this account that took over its content."""
        takes: dict[Lot, int] = {}
        for lot in locks.lock_lots(kin, of=self.account).values():
            part = min(lot.remaining, amount)
            if part and not self.is_past(lot):
                takes[lot] = part
                amount -= part
        return takes

    def _from_others(self, kin: Collection[int], unit_id: int, amount: int) -> dict[Lot, int]:
        if not amount:
            return {}
        others = {lot.pk: lot for lot in self.lasting_lots(unit_id) if lot.pk not in kin}
        covered = min(amount, sum(lot.remaining for lot in others.values()))
        takes = lot_rules.plan_spend([_view(lot) for lot in others.values()], covered)
        return {others[take.lot_id]: take.amount for take in takes}

    def _run_out(self, lot_ids: Collection[int]) -> int:
        """Return how much of some lots has run out, wherever they lie, and whether or not that is booked.

        What was given again in one of them does not count.
        """
        uses = LotUse.objects.filter(lot__in=lot_ids, entry__kind=EntryKind.EXPIRE)
        lots = list(Lot.objects.filter(pk__in=lot_ids).select_related("entry"))
        unbooked = sum(lot.remaining for lot in lots if lot.remaining and self.is_past(lot))
        given_again = sum(lot.amount for lot in lots if lot.entry.kind == EntryKind.REINSTATE)
        return int(uses.aggregate(total=Sum("amount", default=0))["total"]) + unbooked - given_again

    def close(self) -> Posting:
        """Store the balances that moved and return the posting."""
        for balance in self.balances.values():
            balance.save(
                update_fields=["amount", "owed", "awarded_total", "spent_total", "last_seq", "last_activity_at"]
            )
        return self.posting


def _view(lot: Lot) -> lot_rules.LotView:
    return lot_rules.LotView(lot.pk, lot.remaining, lot.last_good_day, lot.pk, lot.first_good_day)
