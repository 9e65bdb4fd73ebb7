"""Which members are to be told that something runs out, and what is said to them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from loyalty.engine.days import local_day
from loyalty.engine.lots import shortest_life
from loyalty.models import Balance, Business, Lot, Unit
from loyalty.queries.ledger import UnitBalance, balances
from members.models import ExpiryWarning, Member
from rewards.models import Reward
from rewards.queries.catalogue import Reason, catalogue_for

CHUNK = 500
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
    if not business.warn_days:
        return
    today = local_day(at, business.time_zone)
    last = today + timedelta(days=business.warn_days)
    catalogue = [row.reward for row in catalogue_for(None, business, today) if row.reason in (None, Reason.NOT_ONLINE)]
    rows = _candidates(business, today, last, at)
    after = 0
    while chunk := list(rows.filter(pk__gt=after)[:CHUNK]):
        after = chunk[-1].pk
        yield from _of_chunk(business, chunk, today, last, catalogue, at)


def _candidates(business: Business, today: date, last: date, at: datetime) -> QuerySet[Member]:
    """Return members who can be written to and may hold something that ends in these days."""
    own = {"account": OuterRef("account"), "business": business}
    dated = Lot.objects.filter(**own, remaining__gt=0, last_good_day__range=(today, last))
    held = Q(Exists(dated))
    for unit in Unit.objects.filter(business=business, expiry__startswith="inactivity"):
        # Whoever was active since then cannot have fallen quiet by the last day; who exactly has is reckoned later.
        since = at - timedelta(days=(shortest_life(unit.policy) or 0) - (last - today).days - 2)
        held |= Q(
            Exists(
                Balance.objects.filter(
                    account=OuterRef("account"), unit=unit, amount__gt=0, last_activity_at__lte=since
                )
            )
        )
    people = Member.objects.filter(
        business=business, erased_at=None, is_warned=True, email_confirmed_at__isnull=False, account__closed_at=None
    )
    return people.exclude(email="").filter(held).select_related("account").order_by("pk")


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
        for day, parts in _by_day(own, last).items():
            if (member.pk, day) not in told:
                yield DueWarning(member, day, parts, _within_reach(own, catalogue, {unit.pk for unit, _ in parts}))


def _by_day(held: Iterable[UnitBalance], last: date) -> Mapping[date, tuple[tuple[Unit, int], ...]]:
    days: dict[date, tuple[tuple[Unit, int], ...]] = {}
    for balance in held:
        for part in balance.expiring:
            if part.last_good_day <= last:
                days[part.last_good_day] = (*days.get(part.last_good_day, ()), (balance.unit, part.amount))
    return dict(sorted(days.items()))


def _within_reach(held: Iterable[UnitBalance], catalogue: Iterable[Reward], units: set[int]) -> tuple[str, ...]:
    """Return the dearest rewards that cost of these units what is there."""
    there = {balance.unit.pk: balance.amount for balance in held if balance.unit.pk in units}
    good = [reward for reward in catalogue if reward.cost <= there.get(reward.unit_id, -1)]
    return tuple(reward.name for reward in sorted(good, key=lambda reward: (-reward.cost, reward.pk))[:NAMED])
