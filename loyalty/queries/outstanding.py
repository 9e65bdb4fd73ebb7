"""What the members of a business can spend just now, and what they can spend later, unit by unit.

The same as the sum over what queries.ledger.balances() says of every account, without opening an account: from the
balances is taken off what is no longer good, though its expiry is not booked yet, and what is held.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from loyalty.engine.days import local_day, start_of_day
from loyalty.engine.policies import active_since
from loyalty.models import Balance, Business, Lot, Unit


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What members hold of a unit, in smallest parts: good today, and held until a later day."""

    unit: Unit
    spendable: int
    pending: int


def outstanding(business: Business, at: datetime) -> list[Outstanding]:
    """Return what members hold of every unit of a business on its day at a moment. Four queries."""
    today = local_day(at, business.time_zone)
    units = list(Unit.objects.filter(business=business).order_by("pk"))
    open_lots = Lot.objects.filter(business=business, remaining__gt=0)
    gone = _gone(business, units, today)
    balances = Balance.objects.filter(unit__in=[unit.pk for unit in units]).order_by()
    held = dict(balances.values_list("unit").annotate(Sum("amount")))
    over = _by_unit(open_lots.filter(gone))
    # Asked for by itself: the few lots that are held have an index of their own.
    later = _by_unit(open_lots.filter(first_good_day__gt=today).exclude(gone))
    return [
        Outstanding(
            unit,
            spendable=held.get(unit.pk, 0) - over.get(unit.pk, 0) - later.get(unit.pk, 0),
            pending=later.get(unit.pk, 0),
        )
        for unit in units
    ]


def _by_unit(lots: QuerySet[Lot]) -> dict[int, int]:
    return dict(lots.order_by().values_list("unit").annotate(Sum("remaining")))


def _gone(business: Business, units: list[Unit], today: date) -> Q:
    """Return what picks the lots that are over: by a day of their own, or because their account has been quiet."""
    gone = Q(last_good_day__lt=today)
    for unit in units:
        if since := active_since(unit.steps, today):
            quiet = Balance.objects.filter(
                unit=unit, amount__gt=0, last_activity_at__lt=start_of_day(since, business.time_zone)
            )
            gone |= Q(unit=unit, last_good_day=None, account__in=quiet.values("account"))
    return gone
