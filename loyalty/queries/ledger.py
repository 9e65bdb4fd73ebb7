"""What an account holds, what runs out when, and what happened in it: reads that know no person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Max, Prefetch, Sum
from django.utils.translation import gettext as _

from loyalty.engine.days import local_day
from loyalty.engine.policies import QuietEnd, quiet_end
from loyalty.models import Account, Balance, Business, Entry, EntryKind, Lot, Posting, PostingKind, Unit, VersionState
from loyalty.queries.explain import quantity_in_words
from loyalty.queries.keyset import newest_first
from loyalty.queries.reasons import Reason, locale, reasons, signed_in_words


@dataclass(frozen=True, slots=True)
class Expiring:
    """How much of a balance is good until which day, in the business's zone."""

    last_good_day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Pending:
    """How much is held, and from which day it can be spent, in the business's zone."""

    first_good_day: date
    amount: int


@dataclass(frozen=True, slots=True)
class UnitBalance:
    """What an account can spend of a unit today, what it owes, and every day on which something runs out.

    pending is what it cannot spend yet, the soonest first; expiring counts that in. undated is how much has no day of
    its own; ended_by says when inactivity ends that, and by which change of the unit's policy, if by one.
    """

    unit: Unit
    amount: int
    owed: int
    expiring: tuple[Expiring, ...]
    pending: tuple[Pending, ...] = ()
    ended_by: QuietEnd | None = None
    undated: int = 0

    @property
    def name(self) -> str:
        """What so many are called: "point" or "points"."""
        return self.unit.name_one if self.amount == 10**self.unit.decimals else self.unit.name


def balances(accounts: Sequence[Account], at: datetime) -> dict[int, list[UnitBalance]]:
    """Return, by account id, a balance for every unit of the live program and every other that is held or owed.

    Lots past their last good day do not count, whether or not the expiry job has been there. Three queries; asks
    for account.business.
    """
    live: dict[int, list[Unit]] = {}
    businesses = {account.business_id for account in accounts}
    for unit in Unit.objects.filter(versions__state=VersionState.LIVE, business__in=businesses).order_by("pk"):
        live.setdefault(unit.business_id, []).append(unit)
    held = Balance.objects.filter(account__in=accounts).select_related("unit").order_by("unit")
    lots = _open_lots(accounts)
    return {
        account.pk: _of_account(
            account, live.get(account.business_id, []), [row for row in held if row.account_id == account.pk], lots, at
        )
        for account in accounts
    }


def balances_of(account: Account, at: datetime) -> list[UnitBalance]:
    """Return what one account holds, as balances() does."""
    return balances([account], at)[account.pk]


def debt_of(account: Account, code: str) -> Balance | None:
    """Return the state of the unit with a code in an account, or None where it never had any."""
    return Balance.objects.filter(account=account, unit__code=code).select_related("unit").first()


type _Lots = dict[tuple[int, int], list[tuple[date | None, date | None, int, datetime]]]


def _open_lots(accounts: Sequence[Account]) -> _Lots:
    """Return what is left by account and unit: first and last good day, amount, when the newest was earned."""
    rows = (
        Lot.objects.filter(account__in=accounts, remaining__gt=0)
        .order_by()
        .values_list("account", "unit", "first_good_day", "last_good_day")
        .annotate(total=Sum("remaining"), newest=Max("at"))
    )
    found: _Lots = {}
    for account_id, unit_id, *group in rows:
        found.setdefault((account_id, unit_id), []).append(tuple(group))
    return found


def _of_account(
    account: Account, live: list[Unit], held: list[Balance], lots: _Lots, at: datetime
) -> list[UnitBalance]:
    today = local_day(at, account.business.time_zone)
    rows = {row.unit_id: row for row in held}
    units = {unit.pk: unit for unit in live} | {row.unit_id: row.unit for row in held if row.amount or row.owed}
    found = []
    for unit in sorted(units.values(), key=lambda unit: unit.pk):
        row = rows.get(unit.pk)
        amount = 0
        ends: dict[date, int] = {}
        starts: dict[date, int] = {}
        undated, quiet = 0, None
        for first, last, left, newest in lots.get((account.pk, unit.pk), []):
            if not last:
                quiet = _quiet_end(unit, (row and row.last_activity_at) or newest, account.business)
            end = last or (quiet.last_good_day if quiet else None)
            if end and end < today:
                continue
            undated += 0 if last else left
            if first and first > today:
                starts[first] = starts.get(first, 0) + left
            else:
                amount += left
            if end:
                ends[end] = ends.get(end, 0) + left
        expiring = tuple(Expiring(day, ends[day]) for day in sorted(ends))
        pending = tuple(Pending(day, starts[day]) for day in sorted(starts))
        owed = row.owed if row else 0
        found.append(UnitBalance(unit, amount, owed, expiring, pending, quiet if undated else None, undated))
    return found


def _quiet_end(unit: Unit, active_at: datetime, business: Business) -> QuietEnd | None:
    """Return the end of what has no day of its own, if nothing more happens; None where inactivity ends nothing."""
    return quiet_end(unit.steps, local_day(active_at, business.time_zone)) if unit.may_go_quiet else None


def posting_title(posting: Posting) -> str:
    """Return what a posting books, in the active language. Asks for posting.reverses."""
    kind = PostingKind(posting.kind)
    if kind is PostingKind.UNDO and posting.reverses:
        return _("Undone: %(what)s") % {"what": PostingKind(posting.reverses.kind).label}
    return str(kind.label)


class ActivityRow:
    """One posting as its account sees it: what changed, why, and whether it was undone later."""

    def __init__(self, posting: Posting, business: Business) -> None:
        self.posting = posting
        self.business = business
        self.entries = list(posting.entries.all())
        self.undone = any(each.kind == PostingKind.UNDO for each in posting.reversals.all())

    @property
    def at(self) -> datetime:
        return self.posting.at

    @cached_property
    def title(self) -> str:
        """What happened, in the active language."""
        return posting_title(self.posting)

    @cached_property
    def amounts(self) -> list[str]:
        """What changed in each unit, in words."""
        return changes_in_words(self.entries)

    @cached_property
    def gained(self) -> bool:
        """Whether the account has more of anything than before."""
        return any(net > 0 for _unit, net, _owed, _forgiven in _sums(self.entries))

    @cached_property
    def why(self) -> list[Reason]:
        """Why, in the active language."""
        return [reason for entry in self.entries for reason in reasons(entry, self.business)]


def changes_in_words(entries: Sequence[Entry]) -> list[str]:
    """Return what entries change in each unit: "+12 points", "20 points owed", "20 points forgiven"."""
    said = []
    for unit, net, owed, forgiven in _sums(entries):
        if net or not (owed or forgiven):
            said.append(signed_in_words(net, unit))
        if owed > 0:
            said.append(_("%(quantity)s owed") % {"quantity": quantity_in_words(owed, unit, locale())})
        if forgiven:
            said.append(_("%(quantity)s forgiven") % {"quantity": quantity_in_words(forgiven, unit, locale())})
    return said


def _sums(entries: Sequence[Entry]) -> list[tuple[Unit, int, int, int]]:
    """Return what each unit changes by: its balance, what is owed, and what is forgiven."""
    found = []
    for unit in {entry.unit_id: entry.unit for entry in entries}.values():
        own = [entry for entry in entries if entry.unit_id == unit.pk]
        debts = [entry.owed_change for entry in own if entry.kind == EntryKind.FORGIVE]
        forgiven = sum(entry.forgiven for entry in own) - sum(debts)
        net, owed = sum(entry.amount for entry in own), sum(entry.owed_change for entry in own)
        found.append((unit, net, owed, forgiven))
    return found


@dataclass(frozen=True, slots=True)
class Activity:
    """A page of an account's history; newer and older are query strings, empty where there is no such page."""

    rows: list[ActivityRow]
    newer: str
    older: str


def activity(account: Account, *, size: int, before: str = "", after: str = "") -> Activity:
    """Return a page of what happened in an account, the newest first. Three queries at most."""
    entries = Entry.objects.select_related("unit", "lot").order_by("pk")
    whole = Posting.objects.select_related("sale", "refund", "location", "staff", "reverses__sale").prefetch_related(
        Prefetch("entries", entries), "reversals"
    )
    postings = Posting.objects.filter(account=account)
    found = newest_first(postings, size=size, before=before, after=after, whole=whole)
    return Activity([ActivityRow(posting, account.business) for posting in found.rows], found.newer, found.older)
