"""Invariants of days: a lot is spent from its first through its last good day, by the clocks of the business.

A day is reckoned here by Python's own zones. Where a business has moved to another zone, a row is at fault only if it
breaks the rule by the clocks of every zone that the business has had.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.db.models.functions import TruncDate

from loyalty.models import AuditEvent, Business, LotUse
from loyalty.queries.verify.rows import CHUNK, Scope

TAKES = ("spend", "remove")
"""The kinds of entries that take what is good on their day."""


def zones() -> dict[int, list[ZoneInfo]]:
    """Return, by business, the zones that it has had."""
    found: dict[int, list[ZoneInfo]] = defaultdict(list)
    for business_id, zone in Business.objects.values_list("pk", "time_zone"):
        found[business_id].append(ZoneInfo(zone))
    moved = AuditEvent.objects.filter(verb="business.changed", data__has_key="time_zone_before")
    for business_id, data in moved.values_list("business", "data"):
        if business_id:
            found[business_id].append(ZoneInfo(data["time_zone_before"]))
    return found


def days_of(at: datetime, clocks: list[ZoneInfo]) -> set[date]:
    """Return the calendar days of a moment by these clocks."""
    return {at.astimezone(zone).date() for zone in clocks}


def spent_too_late(scope: Scope) -> Iterator[str]:
    """A spending takes from lots whose last good day is not over."""
    near = Q(entry__kind__in=TAKES, utc_day__gte=F("lot__last_good_day"))
    return _at_fault(scope, near, "lot__last_good_day", lambda day, last: day > last)


def spent_too_early(scope: Scope) -> Iterator[str]:
    """A spending takes from lots whose first good day has come."""
    near = Q(entry__kind__in=TAKES, utc_day__lte=F("lot__first_good_day"))
    return _at_fault(scope, near, "lot__first_good_day", lambda day, first: day < first)


def expired_too_early(scope: Scope) -> Iterator[str]:
    """A lot expires when its last good day is over."""
    near = Q(entry__kind="expire", lot__last_good_day__isnull=False)
    return _at_fault(scope, near, "lot__last_good_day", lambda day, last: day <= last)


def _at_fault(scope: Scope, near: Q, limit: str, breaks: Callable[[date, date], bool]) -> Iterator[str]:
    """Yield the uses that break a rule of days, of those that the database finds near the limit by its day in UTC."""
    uses = LotUse.objects.annotate(utc_day=TruncDate("entry__at", tzinfo=UTC)).filter(near)
    if scope.business_id:
        uses = uses.filter(entry__business=scope.business_id)
    clocks = zones()
    for pk, at, day, business_id in uses.values_list("pk", "entry__at", limit, "entry__business").iterator(CHUNK):
        if all(breaks(today, day) for today in days_of(at, clocks[business_id])):
            yield f"lot use {pk}"
