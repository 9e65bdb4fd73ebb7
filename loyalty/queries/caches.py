"""What the cached numbers of the ledger should be, by its rows, and where they are not: balances and rests of lots."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from loyalty.models import Balance, Entry, Lot
from loyalty.queries.snapshot import of_one_moment

BALANCE = ("amount", "owed", "awarded_total", "spent_total", "last_seq", "last_activity_at")
ACTIVE = Q(posting__kind__in=("purchase", "visit", "redemption", "merge", "unmerge")) | Q(
    kind__in=("award", "add", "reinstate")
)

type Value = int | datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A cached number that is not what the rows say. lot is None for a number of the account's balance in the unit."""

    account: int
    unit: int
    lot: int | None
    column: str
    cached: Value
    derived: Value

    @property
    def place(self) -> str:
        """Return which row it is in."""
        return f"lot {self.lot}" if self.lot else f"account {self.account}, unit {self.unit}"


@of_one_moment
def differences(account_ids: Collection[int]) -> list[Difference]:
    """Return where the cached numbers of some accounts differ from their rows. Three queries."""
    return [*_of_balances(account_ids), *_of_lots(account_ids)]


def _of_balances(account_ids: Collection[int]) -> Iterator[Difference]:
    nothing: tuple[Value, ...] = (0, 0, 0, 0, 0, None)
    rows = Balance.objects.filter(account__in=account_ids).values_list("account", "unit", *BALANCE)
    cached = {(account, unit): tuple(values) for account, unit, *values in rows}
    derived = _derived(account_ids)
    for account, unit in sorted(cached.keys() | derived.keys()):
        is_, should = cached.get((account, unit), nothing), derived.get((account, unit), nothing)
        for column, was, due in zip(BALANCE, is_, should, strict=True):
            if was != due:
                yield Difference(account, unit, None, column, was, due)


def _derived(account_ids: Collection[int]) -> dict[tuple[int, int], tuple[Value, ...]]:
    sums = (
        Entry.objects.filter(account__in=account_ids)
        .order_by()
        .values_list("account", "unit")
        .annotate(
            sum_of_amounts=Sum("amount"),
            sum_of_debts=Sum("owed_change"),
            awarded=Coalesce(Sum("amount", filter=Q(kind="award")), 0),
            spent=Coalesce(Sum("amount", filter=Q(kind__in=("spend", "give_back"))), 0),
            entries=Count("pk"),
            active_at=Max("posting__at", filter=ACTIVE),
        )
    )
    return {
        (account, unit): (amount, owed, awarded, -spent, entries, active_at)
        for account, unit, amount, owed, awarded, spent, entries, active_at in sums
    }


def _of_lots(account_ids: Collection[int]) -> Iterator[Difference]:
    lots = (
        Lot.objects.filter(account__in=account_ids)
        .order_by("pk")
        .annotate(used=Coalesce(Sum("uses__amount"), 0))
        .values_list("pk", "account", "unit", "amount", "used", "remaining")
    )
    for pk, account, unit, amount, used, remaining in lots:
        if remaining != amount - used:
            yield Difference(account, unit, pk, "remaining", remaining, amount - used)
