"""The one place that builds locks. Order: accounts by primary key, then lots, then reward stock, then vouchers.

What is booked on a merged account goes on to the account it was merged into, so both are locked, and in that order
too. An account that turns out to be merged only once its lock is had, because the merge landed while this waited for
it, or a sale that was moved, makes ChangedMeanwhile: a verb under @locks.atomic lets go of everything and begins anew.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import wraps
from typing import NamedTuple

from django.db import transaction

from loyalty.models import Account, Adjustment, Balance, Business, Lot, Sale
from loyalty.queries.accounts import leading_to

ATTEMPTS = 20
"""How often a verb begins anew: each time somebody else was faster, so that one of twenty gets its turn."""


class ChangedMeanwhile(Exception):
    """An account was merged, or a sale moved, between reading it and having its lock; nothing was written."""


def atomic[**P, R](verb: Callable[P, R]) -> Callable[P, R]:
    """As transaction.atomic, and begun anew on ChangedMeanwhile: what was waited for is not what was asked for."""

    @wraps(verb)
    def begun_anew(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(ATTEMPTS - 1):
            try:
                with transaction.atomic():
                    return verb(*args, **kwargs)
            except ChangedMeanwhile:
                continue
        with transaction.atomic():
            return verb(*args, **kwargs)

    return begun_anew


def lock_accounts(account_ids: Iterable[int]) -> list[Account]:
    """Lock accounts in primary-key order and return them; the query runs at once."""
    return list(Account.objects.select_for_update(of=("self",)).filter(pk__in=set(account_ids)).order_by("pk"))


class Locked(NamedTuple):
    """What a locked account is at the moment."""

    is_closed: bool
    merged_into: int | None


def lock_many_accounts(account_ids: Collection[int]) -> dict[int, Locked]:
    """Lock accounts in primary-key order; return what each is, by id. Without instances, for thousands."""
    found = Account.objects.select_for_update().filter(pk__among=account_ids).order_by("pk")
    rows = found.values_list("pk", "closed_at", "merged_into_id")
    return {pk: Locked(closed_at is not None, merged_into) for pk, closed_at, merged_into in rows}


def lock_account(account: Account) -> Account:
    """Lock one account: from here on nobody else books on it until the transaction ends.

    With it those that it was merged into. Raises ChangedMeanwhile.
    """
    return lock_trails([account])[account.pk]


def lock_current(account: Account) -> Account:
    """Lock an account and return the one that new bookings of its owner belong on, with closed_at as it is by now.

    Raises ChangedMeanwhile.
    """
    rows = lock_trails([account])
    row = rows[account.pk]
    if not row.merged_into_id:
        account.closed_at, account.merged_into_id = row.closed_at, None
        return account
    while row.merged_into_id:
        row = rows[row.merged_into_id]
    row.business = account.business
    return row


def lock_trails(accounts: Iterable[Account]) -> dict[int, Account]:
    """Lock accounts with those that they were merged into, in primary-key order; return all by id.

    One statement where none is merged. Raises ChangedMeanwhile.
    """
    asked = {account.pk: account for account in accounts}
    onward = leading_to({account.merged_into_id for account in asked.values() if account.merged_into_id})
    rows = {row.pk: row for row in lock_accounts(asked.keys() | onward)}
    if any(row.merged_into_id and row.merged_into_id not in rows for row in rows.values()):
        for pk, account in asked.items():
            account.merged_into_id = rows[pk].merged_into_id
        raise ChangedMeanwhile
    return rows


def lock_balances(account: Account, unit_ids: Iterable[int]) -> dict[int, Balance]:
    """Return the balances of a locked account by unit, making those that are missing."""
    wanted = sorted(set(unit_ids))
    found = {
        balance.unit_id: balance
        for balance in Balance.objects.select_for_update(of=("self",))
        .filter(account=account, unit_id__in=wanted)
        .order_by("pk")
    }
    for unit_id in wanted:
        if unit_id not in found:
            found[unit_id] = Balance.objects.create(account=account, unit_id=unit_id)
    return found


def lock_open_lots(account: Account, unit_id: int) -> list[Lot]:
    """Lock the lots of a locked account's unit that still hold something."""
    return list(
        Lot.objects.select_for_update(of=("self",))
        .filter(account=account, unit_id=unit_id, remaining__gt=0)
        .order_by("pk")
    )


def lock_lots(lot_ids: Iterable[int], *, of: Account | None = None) -> dict[int, Lot]:
    """Lock lots in primary-key order, by id; with of, only those that lie on a locked account."""
    lots = Lot.objects.select_for_update(of=("self",)).filter(pk__in=set(lot_ids)).order_by("pk")
    if of:
        lots = lots.filter(account=of)
    return {lot.pk: lot for lot in lots}


class Rest(NamedTuple):
    """What a locked lot holds, and through which day, if it has one of its own."""

    unit_id: int
    amount: int
    last_good_day: date | None


def lock_rests(lot_ids: Collection[int]) -> dict[int, Rest]:
    """Lock those of some lots that still hold something, in primary-key order; return what each holds, by id.

    Their accounts are locked. Without instances, for hundreds.
    """
    found = Lot.objects.select_for_update().filter(pk__among=lot_ids, remaining__gt=0).order_by("pk")
    rows = found.values_list("pk", "unit_id", "remaining", "last_good_day")
    return {pk: Rest(unit, amount, day) for pk, unit, amount, day in rows}


def lock_sale(sale: Sale, *, also: Account | None = None) -> Sale:
    """Lock a sale after the account it is booked on, if any, and another one; return it read anew.

    Raises ChangedMeanwhile, also when it was moved to another account since it was read.
    """
    lock_trails(account for account in (sale.account, also) if account)
    row = Sale.objects.select_for_update(of=("self",)).get(pk=sale.pk)
    if row.account_id != sale.account_id:
        sale.account_id = row.account_id
        raise ChangedMeanwhile
    return row


def lock_adjustment(adjustment: Adjustment) -> Adjustment:
    """Lock an adjustment and return it read anew. The account, if it is booked on, must be locked before."""
    rows = Adjustment.objects.select_for_update(of=("self",)).select_related("business", "unit", "asked_by")
    return rows.get(pk=adjustment.pk)


def lock_chain(business_id: int) -> None:
    """Lock the chain of a business's postings; bookings of the business do not wait for it."""
    Business.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=business_id)
