"""Changes of expiry, caps and card sizes: what a draft changes, what that takes, what is announced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import Count, Model, QuerySet, Sum

from loyalty import people
from loyalty.engine.days import local_day, start_of_day
from loyalty.engine.lots import ExpiryKind, ExpiryPolicy
from loyalty.engine.policies import Step, announced, first_day, quiet_end, shortens
from loyalty.models import (
    Balance,
    Business,
    EarningRule,
    Entry,
    EntryKind,
    Lot,
    PolicyReturn,
    Posting,
    PostingKind,
    ProgramVersion,
    Unit,
    UnitPolicy,
)
from loyalty.queries.program import LiveProgram

AT_ONCE = 2_000
LEAST_WARNED = 14
"""Days before their last good day that members are told of what a change takes, at the least."""
NEW = -1
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class LimitChange:
    """A rule of the draft that gives less in a day than before (None: there was no limit); name is what it has now."""

    rule: EarningRule
    name: str
    before: int | None
    after: int


@dataclass(frozen=True, slots=True)
class SizeChange:
    """A unit whose card gets another number of places; begun is how many cards have stamps."""

    unit: Unit
    before: int
    after: int
    begun: int


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A unit that is good for a shorter time than today, at least at times."""

    unit: Unit
    before: ExpiryPolicy
    after: ExpiryPolicy


@dataclass(frozen=True, slots=True)
class Planned:
    """What going live would change to the worse, and from which day at the earliest, in the business's zone."""

    policies: tuple[PolicyChange, ...]
    limits: tuple[LimitChange, ...]
    sizes: tuple[SizeChange, ...]
    first_day: date
    suggested: date

    def __bool__(self) -> bool:
        return bool(self.policies or self.limits or self.sizes)


def planned(version: ProgramVersion, live: ProgramVersion | None, at: datetime) -> Planned:
    """Return what a draft makes shorter, lower or of another size than it is today. Four queries."""
    business = version.business
    today = local_day(at, business.time_zone)
    units = list(version.units.order_by("pk")) if live else []
    policies = tuple(change for unit in units if (change := _policy_change(unit, version, today)))
    limits = tuple(_limit_changes(version, live, today)) if live else ()
    sizes = tuple(size for unit in units if (size := _size_change(unit, version, today)))
    warned = max(business.warn_days, LEAST_WARNED)
    first = max([first_day(change.after, today, warned) for change in policies], default=first_day(NEVER, today, 0))
    return Planned(policies, limits, sizes, first, max(first, date.fromordinal(today.toordinal() + warned)))


NEVER = ExpiryPolicy()


def policy_in(settings: dict[str, Any], unit: Unit) -> ExpiryPolicy:
    """Return the policy that a version's settings of a unit say; the unit's own where they say none."""
    kind, count = settings.get("expiry", unit.expiry), settings.get("expiry_count", unit.expiry_count)
    return ExpiryPolicy(ExpiryKind(kind), count)


def _policy_change(unit: Unit, version: ProgramVersion, today: date) -> PolicyChange | None:
    before, after = unit.policy_on(today), policy_in(version.unit_settings.get(unit.code, {}), unit)
    if after == unit.policy or not shortens(before, after):
        return None
    return PolicyChange(unit, before, after)


def _size_change(unit: Unit, version: ProgramVersion, today: date) -> SizeChange | None:
    before, after = unit.card_size_on(today), version.unit_settings.get(unit.code, {}).get("card_size", unit.card_size)
    if not before or not after or after in (before, unit.card_size):
        return None
    return SizeChange(unit, before, after, Balance.objects.filter(unit=unit, amount__gt=0).count())


def _limit_changes(version: ProgramVersion, live: ProgramVersion, today: date) -> Iterator[LimitChange]:
    old = list(live.rules.select_related("unit"))
    for rule in version.rules.select_related("unit").order_by("position", "pk"):
        was = counterpart(rule, old)
        if was and rule.limit_per_day is not None and rule.limit_per_day != was.limit_per_day:
            before = limit_on(was, today)
            if before is None or rule.limit_per_day < before:
                yield LimitChange(rule, was.name, before, rule.limit_per_day)


def limit_on(rule: EarningRule, day: date) -> int | None:
    """Return what a rule gives a member at most on a day in the business's zone; None: no limit."""
    return rule.earlier_limit_per_day if rule.limit_from and day < rule.limit_from else rule.limit_per_day


def counterpart(rule: EarningRule, old: Sequence[EarningRule]) -> EarningRule | None:
    """Return the rule of an earlier version that this one takes the place of: of its name, or else of its kind."""
    alike = [each for each in old if (each.unit_id, each.trigger) == (rule.unit_id, rule.trigger)]
    named = [each for each in alike if each.name == rule.name]
    same = named or [each for each in alike if each.method == rule.method]
    return same[0] if same else None


@dataclass(frozen=True, slots=True)
class Fall:
    """How much, of how many cards, would be good through a day and then gone."""

    last_good_day: date
    members: int
    amount: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a policy that holds from a day would take from those who do not come again, in minor units.

    unreached is how many of the cards have nobody who gets a mail; quiet, how many have been quiet so long already.
    """

    unit: Unit
    falls: tuple[Fall, ...]
    unreached: int
    quiet: int

    @property
    def members(self) -> int:
        return sum(fall.members for fall in self.falls)

    @property
    def amount(self) -> int:
        return sum(fall.amount for fall in self.falls)


def foresee(change: PolicyChange, *, from_day: date) -> Foreseen:
    """Return what the job would book because of a change, if nothing else happens: to the unit, and by day.

    Reads every balance of the unit, some thousands at a time. Asks for unit.business.
    """
    unit, zone = change.unit, change.unit.business.time_zone
    steps, alone = announced(unit.steps, Step(change.after, from_day, NEW)), [Step(change.after)]
    judge = cache(lambda day: (quiet_end(steps, day), quiet_end(alone, day).last_good_day))
    days: dict[date, tuple[int, int]] = {}
    accounts: list[int] = []
    quiet = 0
    for account_id, active_on, amount in _undated(unit, zone):
        end, gone = judge(active_on)
        if end.change != NEW or end.last_good_day is None:
            continue
        members, total = days.get(end.last_good_day, (0, 0))
        days[end.last_good_day] = (members + 1, total + amount)
        accounts.append(account_id)
        quiet += gone is not None and gone < from_day
    falls = tuple(Fall(day, *days[day]) for day in sorted(days))
    return Foreseen(unit, falls, people.unreached(unit.business, accounts), quiet)


def _undated(unit: Unit, zone: str) -> Iterator[tuple[int, date, int]]:
    """Yield the accounts that hold of a unit what has no day of its own: id, last day of activity, how much."""
    held = Balance.objects.filter(unit=unit, amount__gt=0).exclude(last_activity_at=None).order_by("account")
    after = 0
    while piece := list(held.filter(account__gt=after).values_list("account", "last_activity_at")[:AT_ONCE]):
        lots = Lot.objects.filter(account_id__among=[pk for pk, _ in piece], unit=unit, remaining__gt=0)
        rows = lots.filter(last_good_day=None).order_by().values_list("account").annotate(left=Sum("remaining"))
        left = dict(rows)
        for account_id, active_at in piece:
            if account_id in left and active_at:
                yield account_id, local_day(active_at, zone), left[account_id]
        after = piece[-1][0]


@dataclass(frozen=True, slots=True)
class Announced:
    """A change of expiry as it was announced: what held before, whether it is still to come, what it took."""

    row: UnitPolicy
    before: ExpiryPolicy
    is_coming: bool
    members: int
    amount: int
    waiting: int

    @property
    def may_be_returned(self) -> bool:
        """Whether something of it was not given back yet."""
        return self.waiting > 0


def announcements(business: Business, at: datetime) -> list[Announced]:
    """Return the changes that hold or are to come, the newest first, with what each took. Three queries for each."""
    today = local_day(at, business.time_zone)
    rows = {row.pk: row for row in UnitPolicy.objects.filter(business=business).select_related("unit", "business")}
    found = []
    for unit in Unit.objects.filter(business=business).order_by("pk"):
        for before, step in pairwise(unit.steps):
            if step.policy != before.policy:
                found.append(_announced(rows[step.id or 0], before.policy, today))
    return sorted(found, key=lambda each: -each.row.pk)


def announcement(business: Business, public_id: UUID, at: datetime) -> Announced | None:
    """Return a change of the business that holds or is to come."""
    return next((each for each in announcements(business, at) if each.row.public_id == public_id), None)


def _announced(row: UnitPolicy, before: ExpiryPolicy, today: date) -> Announced:
    is_coming = row.from_day is not None and row.from_day > today
    taken = taken_by(row).aggregate(members=Count("account", distinct=True), amount=Sum("amount", default=0))
    return Announced(row, before, is_coming, taken["members"], -taken["amount"], not_returned(row).count())


TAKING = (PostingKind.EXPIRY, PostingKind.REFUND, PostingKind.UNDO)
"""What books an expiry: itself, or what gives back something spent that has run out by then."""


def taken_by(row: UnitPolicy) -> QuerySet[Entry]:
    """Return the entries by which something expired because of a change."""
    since = start_of_day(max(row.from_day or EPOCH, EPOCH), row.business.time_zone)
    return Entry.objects.filter(
        business=row.business_id, unit=row.unit_id, at__gte=since, kind=EntryKind.EXPIRE, why__change=row.pk,
        posting__kind__in=TAKING,
    )  # fmt: skip


def not_returned(row: UnitPolicy, *, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Posting]:
    """Return the postings of open accounts that booked what a change took and that were not given back.

    Of those booked after one moment and up to another, where these are given.
    """
    postings = Posting.objects.filter(pk__in=taken_by(row).values("posting"), account__closed_at=None, kind__in=TAKING)
    if since:
        postings = postings.filter(booked_at__gt=since)
    if until:
        postings = postings.filter(booked_at__lte=until)
    return postings.exclude(reversals__kind=PostingKind.REINSTATE).order_by("account", "pk")


def last_return(row: UnitPolicy) -> datetime | None:
    """Return when somebody last said that what a change took is given back: that covers all that it took before."""
    return row.returns.order_by("-pk").values_list("returned_at", flat=True).first()


def return_of(business: Business, key: str) -> PolicyReturn | None:
    """Return what was given back under a key."""
    return PolicyReturn.objects.filter(business=business, key=key).first()


def is_settled(unit: Unit, version: Model | None = None) -> bool:
    """Return whether somebody holds or held the unit, or any other version than this one was live with it."""
    live = unit.versions.exclude(live_from=None)
    return (live.exclude(pk=version.pk) if version else live).exists() or Lot.objects.filter(unit=unit).exists()


def next_day(program: LiveProgram, today: date) -> date | None:
    """Return the first day after today from which something of a program holds that is announced. No query."""
    units = program.units.values()
    days = [step.from_day for unit in units for step in unit.steps] + [unit.card_size_from for unit in units]
    days += [rule.limit_from for rule in program.rules.rules]
    return min((day for day in days if day and day > today), default=None)
