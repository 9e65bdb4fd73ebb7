"""Mending the cached numbers of the ledger from its rows: balances, and what is left of lots. No row is touched."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from loyalty.domain import audit, locks
from loyalty.domain.actors import Actor
from loyalty.models import Account, Business, Lot
from loyalty.queries.caches import Difference, differences

CHUNK = 500


class BeyondMending(Exception):
    """The rows themselves say what cannot be, such as a balance below nothing; the account was left as it is."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(f"{difference.place}: the rows make its {difference.column} {difference.derived}")
        self.difference = difference


def find(*, business: Business | None) -> Iterator[Difference]:
    """Yield every cached number that is not what the rows say, of one business or of all; change nothing."""
    for account_ids in _chunks(business):
        yield from differences(account_ids)


def mend(*, business: Business | None, by: Actor, at: datetime) -> Iterator[Difference]:
    """Set every cached number to what the rows say; yield those that were not.

    Each account is judged again under its lock, in a transaction of its own, and what was mended there is audited.
    Raises BeyondMending; the accounts before are mended.
    """
    for account_ids in _chunks(business):
        for account_id in sorted({found.account for found in differences(account_ids)}):
            yield from _mend(account_id, by=by, at=at)


@locks.atomic
def _mend(account_id: int, *, by: Actor, at: datetime) -> Sequence[Difference]:
    account = locks.lock_account(Account(pk=account_id))
    found = differences([account_id])
    for difference in found:
        if isinstance(difference.derived, int) and difference.derived < 0 and difference.column != "spent_total":
            raise BeyondMending(difference)
    for unit_id in sorted({each.unit for each in found if each.lot is None}):
        balance = locks.lock_balances(account, [unit_id])[unit_id]
        columns = {each.column: each.derived for each in found if each.lot is None and each.unit == unit_id}
        for column, derived in columns.items():
            setattr(balance, column, derived)
        balance.save(update_fields=columns)
    rests = {each.lot: each.derived for each in found if each.lot is not None}
    for lot in locks.lock_lots(rests).values():
        rest = rests[lot.pk]
        assert isinstance(rest, int)
        Lot.objects.set_remaining(lot, rest)
    if found:
        places = [f"{each.place}: {each.column} {each.cached} -> {each.derived}" for each in found]
        audit.record(verb="ledger.rebuilt", by=by, at=at, business=account.business, obj=account, mended=places)
    return found


def _chunks(business: Business | None) -> Iterator[list[int]]:
    """Yield the accounts by primary key, some hundreds at a time."""
    accounts = Account.objects.filter(business=business) if business else Account.objects.all()
    after = 0
    while chunk := list(accounts.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        after = chunk[-1]
