"""What merging two accounts would come to, and the merges that there were: reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.shortcuts import get_object_or_404

from loyalty.engine.days import local_day
from loyalty.engine.lots import LotView, spending_order
from loyalty.engine.policies import quiet_end
from loyalty.models import Account, AccountMerge, Business, Lot, Unit
from loyalty.queries.ledger import Expiring, Pending, UnitBalance, balances


@dataclass(frozen=True, slots=True)
class MergedUnit:
    """One unit of two accounts: what each has and owes today, and what the target will have and owe."""

    unit: Unit
    source: UnitBalance
    target: UnitBalance
    after: UnitBalance


def preview(source: Account, target: Account, at: datetime) -> list[MergedUnit]:
    """Return, for each unit of the live program or of either account, what a merge would come to. Four queries.

    Asks for account.business on both.
    """
    held = balances([source, target], at)
    ours = {balance.unit.pk: balance for balance in held[source.pk]}
    theirs = {balance.unit.pk: balance for balance in held[target.pk]}
    units = {balance.unit.pk: balance.unit for balance in (*ours.values(), *theirs.values())}
    today = local_day(at, source.business.time_zone)
    lots = list(Lot.objects.filter(account__in=(source, target), remaining__gt=0).order_by("pk"))
    rows = []
    for pk, unit in sorted(units.items()):
        both = (ours.get(pk) or _nothing(unit), theirs.get(pk) or _nothing(unit))
        going = [lot for lot in lots if lot.unit_id == pk and _counts(lot, both, source)]
        rows.append(MergedUnit(unit, *both, _after(unit, both, going, today)))
    return rows


def _nothing(unit: Unit) -> UnitBalance:
    return UnitBalance(unit, 0, 0, ())


def _counts(lot: Lot, both: tuple[UnitBalance, UnitBalance], source: Account) -> bool:
    """Return whether a lot lies on an account whose balance of the unit has not run out altogether."""
    balance = both[0] if lot.account_id == source.pk else both[1]
    return bool(balance.amount or balance.pending)


def _after(unit: Unit, both: tuple[UnitBalance, UnitBalance], lots: Iterable[Lot], today: date) -> UnitBalance:
    """Return what the target will hold: all that both have, less what is owed as far as that covers it."""
    views = [LotView(lot.pk, lot.remaining, lot.last_good_day, lot.pk, lot.first_good_day) for lot in lots]
    owed = sum(balance.owed for balance in both)
    quiet = quiet_end(unit.steps, today)
    amount, undated, expiring, pending = 0, 0, dict[date, int](), dict[date, int]()
    for view in sorted((view for view in views if not view.is_past(today)), key=spending_order):
        left = max(view.remaining - owed, 0)
        owed = max(owed - view.remaining, 0)
        if view.is_good(today):
            amount += left
        elif view.first_good_day and left:
            pending[view.first_good_day] = pending.get(view.first_good_day, 0) + left
        last = view.last_good_day or quiet.last_good_day
        undated += 0 if view.last_good_day else left
        if last and left:
            expiring[last] = expiring.get(last, 0) + left
    return UnitBalance(
        unit, amount, owed, tuple(Expiring(day, expiring[day]) for day in sorted(expiring)),
        tuple(Pending(day, pending[day]) for day in sorted(pending)),
        quiet if undated and unit.may_go_quiet else None, undated,
    )  # fmt: skip


def merge_at(business: Business, public_id: UUID) -> AccountMerge:
    """Return a merge of the business with both accounts, or raise Http404."""
    rows = AccountMerge.objects.select_related("source", "target", "merged_by", "undone_by", "business")
    return get_object_or_404(rows, business=business, public_id=public_id)


def standing_merges(account: Account) -> list[AccountMerge]:
    """Return the merges that an account takes part in and that were not undone, the newest first. One query."""
    rows = AccountMerge.objects.filter(undone_at=None).select_related("source", "target", "merged_by")
    return list((rows.filter(source=account) | rows.filter(target=account)).order_by("-merged_at", "-pk"))
