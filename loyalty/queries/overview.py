"""How a business does just now: its set-up, and its purchases against last week's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Sum

from loyalty.engine.days import local_day, start_of_day
from loyalty.models import (
    Business,
    Invitation,
    ProgramVersion,
    Sale,
    StaffRole,
    VersionState,
)

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the set-up of a business is."""

    drafted: bool
    live: bool
    team: bool
    purchase: bool


def progress(business: Business) -> Progress:
    """Return how far the set-up is. One query."""

    def some[M: Model](rows: QuerySet[M]) -> Exists:
        return Exists(rows.filter(business=OuterRef("pk")))

    facts = Business.objects.filter(pk=business.pk).values_list(
        some(ProgramVersion.objects.all()),
        some(ProgramVersion.objects.filter(state=VersionState.LIVE)),
        some(StaffRole.objects.exclude(role="owner")),
        some(Invitation.objects.filter(withdrawn_at=None)),
        some(Sale.objects.filter(undone_at=None)),
    )
    drafted, live, colleagues, invited, purchase = facts.get()
    return Progress(drafted, live, colleagues or invited, purchase)


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to another, the second not included."""

    start: datetime
    end: datetime

    def week_before(self) -> "Span":
        """Return the same span seven days earlier."""
        return Span(self.start - WEEK, self.end - WEEK)

    def holds(self, field: str) -> Q:
        """Return what picks the rows whose moment lies in the span."""
        return Q(**{f"{field}__gte": self.start, f"{field}__lt": self.end})


def today(business: Business, at: datetime) -> Span:
    """Return today so far, by the business's clock."""
    return Span(start_of_day(local_day(at, business.time_zone), business.time_zone), at)


def this_week(business: Business, at: datetime) -> Span:
    """Return the week so far, from Monday, by the business's clock."""
    day = local_day(at, business.time_zone)
    return Span(start_of_day(day - timedelta(days=day.weekday()), business.time_zone), at)


@dataclass(frozen=True, slots=True)
class Trend:
    """A number, and what it was a week earlier at the same time."""

    now: int
    before: int

    @property
    def change(self) -> int:
        """How much more it is now; negative where it is less."""
        return self.now - self.before

    @property
    def size(self) -> int:
        """How much the two differ."""
        return abs(self.change)


@dataclass(frozen=True, slots=True)
class Trade:
    """Purchases and visits, and the money they brought after refunds (smallest parts)."""

    today: Trend
    week: Trend
    turnover: Trend
    by_members: int

    @property
    def share(self) -> int | None:
        """How many of a hundred purchases of this week were a member's; None without purchases."""
        return round(100 * self.by_members / self.week.now) if self.week.now else None


def trade(business: Business, at: datetime) -> Trade:
    """Return today's and this week's purchases against last week's. One query."""
    spans = {"today": today(business, at), "week": this_week(business, at)}
    week = spans["week"]
    paid = F("total") - F("refunded")
    facts = Sale.objects.filter(business=business, undone_at=None, at__gte=week.start - WEEK, at__lt=at).aggregate(
        today=Count("pk", filter=spans["today"].holds("at")),
        today_before=Count("pk", filter=spans["today"].week_before().holds("at")),
        week=Count("pk", filter=week.holds("at")),
        week_before=Count("pk", filter=week.week_before().holds("at")),
        paid=Sum(paid, filter=week.holds("at")),
        paid_before=Sum(paid, filter=week.week_before().holds("at")),
        members=Count("pk", filter=week.holds("at") & Q(account__isnull=False)),
    )
    return Trade(
        today=Trend(facts["today"], facts["today_before"]),
        week=Trend(facts["week"], facts["week_before"]),
        turnover=Trend(facts["paid"] or 0, facts["paid_before"] or 0),
        by_members=facts["members"],
    )
