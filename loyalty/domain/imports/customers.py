"""The customers of a file as accounts: found by their number or card code, opened where they are new, and locked."""

from collections.abc import Mapping
from datetime import datetime

from loyalty.domain import locks
from loyalty.domain.accounts import open_accounts
from loyalty.models import Account, Business
from loyalty.queries.accounts import behind
from loyalty.queries.imports import account_numbers


def account_ids_of(business: Business, customers: Mapping[str, datetime]) -> tuple[dict[str, int], int]:
    """Return the accounts of customer numbers, locked with what was merged into them, and how many were opened now.

    A number whose account was closed gets none: what a customer who left buys is a walk-in's. One whose account was
    merged gets the account it leads to. customers gives the moment at which an account of each would begin. The card
    code, too, is a number a customer may go by. Raises locks.ChangedMeanwhile.
    """
    ids, opened = _find_or_open(business, customers)
    locked = locks.lock_many_accounts(behind(ids.values()).keys())
    if any(locked[pk].merged_into for pk in ids.values()):
        raise locks.ChangedMeanwhile
    return {number: pk for number, pk in ids.items() if not locked[pk].is_closed}, opened


def accounts_of(business: Business, customers: Mapping[str, datetime]) -> tuple[dict[str, Account], int]:
    """Return the same with the accounts themselves. Raises locks.ChangedMeanwhile."""
    ids, opened = account_ids_of(business, customers)
    accounts = Account.objects.in_bulk(set(ids.values()))
    for account in accounts.values():
        account.business = business
    return {number: accounts[pk] for number, pk in ids.items()}, opened


def _find_or_open(business: Business, customers: Mapping[str, datetime]) -> tuple[dict[str, int], int]:
    wanted = {number: moment for number, moment in customers.items() if number}
    ids = account_numbers(business, wanted)
    missing = {number: moment for number, moment in wanted.items() if number not in ids}
    opened = open_accounts(business=business, customers=missing)
    return ids | {str(account.customer_number): account.pk for account in opened}, len(opened)
