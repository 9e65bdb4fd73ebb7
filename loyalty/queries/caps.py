"""Who got more of a rule on a day than a lower cap would allow: what going live says of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loyalty.engine.days import local_day, start_of_day
from loyalty.models import Business, Entry, EntryKind, PostingKind
from loyalty.queries.policies import LimitChange

DAYS = 30
MOST = 20_000
"""Awards that are read at the most: where there were more, fewer days are counted."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How many members got more on some day than the new cap gives, and how much more in all, in minor units.

    since is the first day that is counted, in the business's zone.
    """

    members: int
    amount: int
    since: date


def reached(change: LimitChange, business: Business, at: datetime) -> Reached:
    """Return what a cap would have kept from members, had it held for the last 30 days. Two queries.

    What was undone does not count; of what was refunded, all that was awarded first does.
    """
    zone = business.time_zone
    since = _since(change, business, local_day(at, zone) - timedelta(days=DAYS))
    got: Counter[tuple[int, date]] = Counter()
    for account, moment, amount in _awards(change, business, since):
        got[account, local_day(moment, zone)] += amount
    over = {(account, day): amount - change.after for (account, day), amount in got.items() if amount > change.after}
    return Reached(len({account for account, _day in over}), sum(over.values()), since)


def _since(change: LimitChange, business: Business, first: date) -> date:
    """Return the first day to be counted whole: the given one, or a later one in a shop that awards very often."""
    awards = Entry.objects.filter(business=business, unit=change.rule.unit_id, kind=EntryKind.AWARD)
    awards = awards.filter(at__gte=start_of_day(first, business.time_zone)).order_by("-at")
    last = awards.values_list("at", flat=True)[MOST : MOST + 1].first()
    return local_day(last, business.time_zone) + timedelta(days=1) if last else first


def _awards(change: LimitChange, business: Business, since: date) -> Iterator[tuple[int, datetime, int]]:
    """Yield account, moment and amount of what the rule gave since the start of a day, by its name before."""
    rows = Entry.objects.filter(
        business=business, unit=change.rule.unit_id, kind=EntryKind.AWARD,
        at__gte=start_of_day(since, business.time_zone),
    ).exclude(posting__reversals__kind=PostingKind.UNDO)  # fmt: skip
    for account, moment, why in rows.order_by().values_list("account", "at", "why").iterator():
        for part in why.get("parts", []):
            if part["rule"]["name"] == change.name:
                yield account, moment, int(part["amount"])
