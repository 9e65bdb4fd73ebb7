"""The accounts of a business with the people they belong to, for its owner and managers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q

from loyalty.models import Account, Balance, BatchState, Business, Sale
from loyalty.queries.keyset import newest_first
from loyalty.queries.ledger import UnitBalance, balances, balances_of
from members.queries.dashboard import Expires, by_day
from members.queries.find import Found, Hit, find
from members.queries.till import Customer, customer_of, owner_of


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in a list: whose it is, what it can spend, and when it last did anything."""

    hit: Hit
    held: list[UnitBalance]
    active_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """A page of accounts; newer and older are query strings, empty where there is no such page."""

    rows: list[AccountRow]
    newer: str = ""
    older: str = ""


def accounts(
    business: Business, at: datetime, *, size: int, before: str = "", after: str = "", owing: bool = False
) -> AccountPage:
    """Return a page of the accounts of a business, those opened last first; owing: only those that owe. Five queries.

    Accounts that only an import opened, which was undone, are left out: nobody has ever held their card.
    """
    rows = Account.objects.filter(business=business).annotate(at=F("opened_at")).select_related("member")
    rows = rows.filter(_owes()) if owing else rows.exclude(_left_by_undone_import())
    found = newest_first(rows, size=size, before=before, after=after)
    return AccountPage(_rows(business, [_hit(row) for row in found.rows], at), found.newer, found.older)


def _owes() -> Exists:
    return Exists(Balance.objects.filter(account=OuterRef("pk"), owed__gt=0))


def _left_by_undone_import() -> Q:
    """Accounts without a person that have undone purchases of imports, nothing else, and neither hold nor owe."""
    sales = Sale.objects.filter(account=OuterRef("pk"))
    undone = Exists(sales.filter(batch__state=BatchState.UNDONE))
    standing = Exists(sales.filter(undone_at=None))
    matters = Exists(Balance.objects.filter(Q(owed__gt=0) | Q(amount__gt=0), account=OuterRef("pk")))
    merged = Exists(Account.objects.filter(merged_into=OuterRef("pk")))
    return Q(undone) & ~Q(standing) & ~Q(matters) & ~Q(merged) & Q(member=None, merged_into=None)


def searched(business: Business, text: str, at: datetime) -> tuple[Found, list[AccountRow]]:
    """Return what a name, address, phone number or card stands for, and the accounts with it. Seven queries at most."""
    found = find(business, text)
    return found, _rows(business, found.hits, at)


def _hit(account: Account) -> Hit:
    member = owner_of(account)
    return Hit(account, member if member and member.erased_at is None else None)


def _rows(business: Business, hits: Sequence[Hit], at: datetime) -> list[AccountRow]:
    for hit in hits:
        hit.account.business = business
    shown = [hit.account for hit in hits]
    held = balances(shown, at)
    moved = (
        Balance.objects.filter(account__in=shown).order_by().values_list("account").annotate(Max("last_activity_at"))
    )
    active = dict(moved)
    return [AccountRow(hit, held[hit.account.pk], active.get(hit.account.pk)) for hit in hits]


@dataclass(frozen=True, slots=True)
class AccountHead:
    """An account as the console shows it: whose it is, what it holds, and what runs out when."""

    customer: Customer
    held: list[UnitBalance]

    @property
    def account(self) -> Account:
        return self.customer.account

    @property
    def expiring(self) -> list[Expires]:
        """What runs out, the soonest first."""
        return by_day(self.held)

    @property
    def next_day(self) -> date | None:
        """The first day after which something is gone."""
        return self.expiring[0].last_good_day if self.expiring else None


def account_at(business: Business, public_id: UUID, at: datetime) -> AccountHead | None:
    """Return an account of the business, also one that is closed or merged. Four queries."""
    rows = Account.objects.filter(business=business, public_id=public_id).select_related("member", "merged_into")
    account = rows.first()
    if account is None:
        return None
    return AccountHead(customer_of(account, business), balances_of(account, at))
