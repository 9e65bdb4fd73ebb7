"""Which members are to be told that something runs out, and what is said to them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched

from django.db.models import Exists, OuterRef, Q, QuerySet

from loyalty.engine.days import local_day
from loyalty.engine.lots import shortest_life
from loyalty.models import Balance, Business, Lot, Unit
from loyalty.queries.ledger import UnitBalance, balances
from loyalty.queries.policies import LEAST_WARNED
from members.models import ExpiryWarning, Member
from rewards.models import Reward
from rewards.queries.catalogue import Reason, catalogue_for

CHUNK = 500
AT_ONCE = 5_000
NAMED = 3


@dataclass(frozen=True, slots=True)
class DueWarning:
    """How much of what is good through a day, and the dearest rewards that can be had for all that is there now."""

    member: Member
    last_good_day: date
    parts: tuple[tuple[Unit, int], ...]
    rewards: tuple[str, ...]


def due_warnings(business: Business, at: datetime) -> Iterator[DueWarning]:
    """Yield what members were not told yet of the days ahead that the business warns of.

    Members who want to be told, that is, and whose address is confirmed.
    A chunk of members at a time, by primary key: five queries each, and two for the business.
    """
    units = [unit for unit in Unit.objects.filter(business=business).order_by("pk") if unit.may_go_quiet]
    days = warned_days(business, units)
    if not days:
        return
    today = local_day(at, business.time_zone)
    last = today + timedelta(days=days)
    catalogue = [row.reward for row in catalogue_for(None, business, today) if row.reason in (None, Reason.NOT_ONLINE)]
    rows = _candidates(business, units, today, last, at)
    after = 0
    while chunk := list(rows.filter(pk__gt=after)[:CHUNK]):
        after = chunk[-1].pk
        yield from _of_chunk(business, chunk, today, last, catalogue, at)


def _candidates(business: Business, units: Iterable[Unit], today: date, last: date, at: datetime) -> QuerySet[Member]:
    """Return members who can be written to and may hold something that ends in these days."""
    own = {"account": OuterRef("account"), "business": business}
    dated = Lot.objects.filter(**own, remaining__gt=0, last_good_day__range=(today, last))
    held = Q(Exists(dated))
    for unit in units:
        # Whoever was active since then cannot have fallen quiet by the last day; who exactly has is reckoned later.
        life = min(shortest_life(step.policy) or 0 for step in unit.steps if step.policy.by_inactivity)
        since = at - timedelta(days=life - (last - today).days - 2)
        held |= Q(
            Exists(
                Balance.objects.filter(
                    account=OuterRef("account"), unit=unit, amount__gt=0, last_activity_at__lte=since
                )
            )
        )
    return written_to(business).filter(held).select_related("account").order_by("pk")


def written_to(business: Business) -> QuerySet[Member]:
    """Return the members who get a mail before something runs out: they want it, and their address is confirmed."""
    people = Member.objects.filter(
        business=business, erased_at=None, is_warned=True, email_confirmed_at__isnull=False, account__closed_at=None
    )
    return people.exclude(email="")


def count_unreached(business: Business, account_ids: Collection[int]) -> int:
    """Return how many of some accounts have nobody who gets such a mail, many thousands at a time."""
    reached = sum(
        written_to(business).filter(account_id__among=list(piece)).count() for piece in batched(account_ids, AT_ONCE)
    )
    return len(account_ids) - reached


def warned_days(business: Business, units: Iterable[Unit]) -> int:
    """Return how many days before their last good day members are told; units are those that inactivity may end.

    None where the business wants that, unless a change of expiry would take something: then at least LEAST_WARNED.
    """
    changed = any(len(unit.steps) > 1 for unit in units)
    return max(business.warn_days, LEAST_WARNED) if changed else business.warn_days


def _of_chunk(
    business: Business, members: list[Member], today: date, last: date, catalogue: Iterable[Reward], at: datetime
) -> Iterator[DueWarning]:
    for member in members:
        member.business = member.account.business = business
    held = balances([member.account for member in members], at)
    told = set(
        ExpiryWarning.objects.filter(member__in=members, last_good_day__range=(today, last)).values_list(
            "member", "last_good_day"
        )
    )
    for member in members:
        own = held[member.account_id]
        for day, parts in _by_day(own, last, today + timedelta(days=business.warn_days)).items():
            if (member.pk, day) not in told:
                yield DueWarning(member, day, parts, _within_reach(own, catalogue, {unit.pk for unit, _ in parts}))


def _by_day(held: Iterable[UnitBalance], last: date, usual: date) -> Mapping[date, tuple[tuple[Unit, int], ...]]:
    """Return what ends on which day through the usual last day, and what a change ends through a later one."""
    days: dict[date, tuple[tuple[Unit, int], ...]] = {}
    for balance in held:
        changed = balance.ended_by.last_good_day if balance.ended_by and balance.ended_by.change else None
        for part in balance.expiring:
            if part.last_good_day <= (last if part.last_good_day == changed else usual):
                days[part.last_good_day] = (*days.get(part.last_good_day, ()), (balance.unit, part.amount))
    return dict(sorted(days.items()))


def _within_reach(held: Iterable[UnitBalance], catalogue: Iterable[Reward], units: set[int]) -> tuple[str, ...]:
    """Return the dearest rewards that cost of these units what is there."""
    there = {balance.unit.pk: balance.amount for balance in held if balance.unit.pk in units}
    good = [reward for reward in catalogue if reward.cost <= there.get(reward.unit_id, -1)]
    return tuple(reward.name for reward in sorted(good, key=lambda reward: (-reward.cost, reward.pk))[:NAMED])
