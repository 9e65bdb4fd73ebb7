"""The first page of a business's console: what is left to set up, then how the program does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from loyalty.engine.amounts import format_amount, format_units
from loyalty.models import Business
from loyalty.queries import overview
from loyalty.queries.outstanding import Outstanding, outstanding
from loyalty.queries.overview import Progress, Trade, Trend
from loyalty.queries.reasons import locale
from loyalty.queries.snapshot import of_one_moment
from members.models import Member
from rewards.queries import overview as rewards


@dataclass(frozen=True, slots=True)
class SetUp:
    """The steps from an opened business to its first purchase; team is optional and does not count."""

    program: Progress
    reward: bool
    member: bool

    @property
    def steps(self) -> tuple[bool, ...]:
        """Which steps are done, in order."""
        return (self.program.drafted, self.reward, self.program.live, self.member, self.program.purchase)

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(self.steps)

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.steps)

    @property
    def complete(self) -> bool:
        """Whether the business is up and running: the first purchase says so, however it came."""
        return self.program.purchase and self.program.live


@dataclass(frozen=True, slots=True)
class People:
    """Members of a business."""

    total: int
    joined: Trend


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in words, how it stands against last week's, and what exactly it counts."""

    label: str
    value: str
    change: str
    tone: str
    definition: str


@dataclass(frozen=True, slots=True)
class Overview:
    """How a program does this week."""

    figures: list[Figure]
    members: int
    share: int | None
    outstanding: list[Outstanding]


def set_up(business: Business) -> SetUp:
    """Return what is left to set up. Three queries."""
    has_member = Member.objects.filter(business=business).exists()
    return SetUp(overview.progress(business), rewards.has_reward(business), has_member)


def people(business: Business, at: datetime) -> People:
    """Return how many members there are, and how many joined this week. One query."""
    week = overview.this_week(business, at)
    facts = Member.objects.filter(business=business, erased_at=None).aggregate(
        total=Count("pk"),
        now=Count("pk", filter=week.holds("joined_at")),
        before=Count("pk", filter=week.week_before().holds("joined_at")),
    )
    return People(facts["total"], Trend(facts["now"], facts["before"]))


@of_one_moment
def this_week(business: Business, at: datetime) -> Overview:
    """Return how the program does this week, in the active language. Seven queries."""
    trade = overview.trade(business, at)
    members = people(business, at)
    redeemed = rewards.redemptions(business, at)
    return Overview(
        figures=[*_trade(trade, business), _joined(members.joined), _redeemed(redeemed)],
        members=members.total,
        share=trade.share,
        outstanding=outstanding(business, at),
    )


def _trade(trade: Trade, business: Business) -> list[Figure]:
    def money(minor: int) -> str:
        return format_amount(minor, currency=business.currency, locale=locale())

    return [
        _figure(
            _("Purchases today"),
            trade.today,
            _("Purchases and visits of today, of members and others, without what was undone.")
            + " "
            + _("Compared with the same weekday last week, up to the same hour."),
        ),
        _figure(
            _("Purchases"),
            trade.week,
            _("Purchases and visits since Monday, of members and others, without what was undone.") + " " + _up_to(),
        ),
        _figure(
            _("Paid"),
            trade.turnover,
            _("What was paid since Monday for the purchases recorded here, refunds taken off.") + " " + _up_to(),
            write=money,
        ),
    ]


def _joined(joined: Trend) -> Figure:
    return _figure(
        _("New members"), joined, _("People who joined since Monday, online or at the counter.") + " " + _up_to()
    )


def _redeemed(redeemed: Trend) -> Figure:
    return _figure(
        _("Rewards taken"),
        redeemed,
        _("Rewards that members took since Monday, at the counter or online, without what was undone.")
        + " "
        + _up_to(),
    )


def _up_to() -> str:
    return _("Compared with last week, up to the same hour.")


def _figure(label: str, trend: Trend, definition: str, *, write: Callable[[int], str] | None = None) -> Figure:
    write = write or (lambda number: format_units(number, decimals=0, locale=locale()))
    size = {"size": write(trend.size)}
    if trend.change > 0:
        change, tone = _("+%(size)s on last week") % size, "good"
    elif trend.change < 0:
        change, tone = _("−%(size)s on last week") % size, "neutral"  # noqa: RUF001
    else:
        change, tone = _("same as last week"), "neutral"
    return Figure(label, write(trend.now), change, tone, definition)
