"""The first program of a business from three answers, and going live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty import readiness
from loyalty.domain import announcements, program
from loyalty.domain.actors import Actor
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.models import Business, ProgramVersion, UnitKind
from loyalty.queries.program import LiveProgram, draft_version, ever_live, live_version, says_the_same
from loyalty.readiness import Issue
from rewards.domain import catalogue
from rewards.domain.catalogue import RewardDetails
from rewards.models import RewardKind, RewardState
from rewards.queries.catalogue import drafts_for, first_draft


class AlreadyLive(Exception):
    """The business has gone live; its program is changed by a draft, not set up anew."""


class NotReady(Exception):
    """Something still keeps the business from going live."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(", ".join(str(issue.message) for issue in issues))
        self.issues = issues


class NothingChanged(Exception):
    """The draft says what is live already."""


class Does(StrEnum):
    """What customers do."""

    SPEND = "spend"
    VISIT = "visit"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Points:
    """Points: so many for each amount spent (smallest parts of the currency), or with no amount, for each visit."""

    name: str
    name_one: str
    award: int
    per_amount: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A stamp card: one stamp per visit or per purchase of at least the minimum, at most so many a day."""

    size: int
    per_visit: bool
    minimum: int = 0
    a_day: int | None = None


@dataclass(frozen=True, slots=True)
class Earning:
    """The first two answers: points, a card, or both, and how long what is earned is good for."""

    points: Points | None
    card: Card | None
    expiry: str = "never"
    expiry_count: int = 0

    def units(self) -> list[UnitDraft]:
        """Return what is counted."""
        units = []
        if self.points:
            units.append(self._unit("points", UnitKind.POINTS, self.points.name, self.points.name_one))
        if self.card:
            units.append(self._unit("stamps", UnitKind.STAMPS, _("stamps"), _("stamp"), self.card.size))
        return units

    def _unit(self, code: str, kind: UnitKind, name: str, name_one: str, size: int | None = None) -> UnitDraft:
        return UnitDraft(code, kind, name, name_one, card_size=size, expiry=self.expiry, expiry_count=self.expiry_count)

    def rules(self) -> list[RuleDraft]:
        """Return how it is earned."""
        found = []
        if self.points and self.points.per_amount:
            name = _("For what you spend")
            amount = self.points.per_amount
            found.append(RuleDraft("points", name, "purchase", "per_amount", self.points.award, amount))
        elif self.points:
            found.append(RuleDraft("points", _("For your visit"), "visit", "flat", self.points.award))
        if self.card:
            name = _("For your visit") if self.card.per_visit else _("For your purchase")
            trigger = "visit" if self.card.per_visit else "purchase"
            limits = {"minimum": self.card.minimum, "limit_per_day": self.card.a_day}
            found.append(RuleDraft("stamps", name, trigger, "flat", 1, fields=limits))
        return found


@dataclass(frozen=True, slots=True)
class FirstReward:
    """The third answer: what customers get first; unit is a code, cost in points or stamps, money in smallest parts."""

    unit: str
    name: str
    kind: RewardKind
    cost: int
    icon: str = "gift"
    money_off: int = 0
    percent_off: int = 0


def program_name(business: Business) -> str:
    """Return what a first program is called."""
    return _("%(business)s club") % {"business": business.name}


def imagine(*, business: Business, earning: Earning) -> LiveProgram:
    """Return the program of the answers, without reading or writing anything."""
    return program.imagine(business=business, name=program_name(business), units=earning.units(), rules=earning.rules())


@transaction.atomic
def create_draft(
    *, business: Business, earning: Earning, reward: FirstReward, by: Actor, at: datetime
) -> ProgramVersion:
    """Draft the program and its first reward, in place of what an earlier set-up drafted. Raises AlreadyLive.

    The reward is a draft, too: going live shows both. Locks the business.
    """
    Business.objects.select_for_update().get(pk=business.pk)
    if ever_live(business):
        raise AlreadyLive
    version = program.draft(
        business=business, name=program_name(business), units=earning.units(), rules=earning.rules(), by=by, at=at
    )
    details = _details(reward, version)
    earlier = first_draft(business)
    if earlier:
        catalogue.change(reward=earlier, details=details, by=by, at=at)
    else:
        catalogue.create(business=business, details=details, state=RewardState.DRAFT, by=by, at=at)
    return version


def _details(reward: FirstReward, version: ProgramVersion) -> RewardDetails:
    return RewardDetails(
        name=reward.name, unit=version.units.get(code=reward.unit), cost=reward.cost, kind=reward.kind,
        icon=reward.icon, money_off=reward.money_off, percent_off=reward.percent_off,
    )  # fmt: skip


@transaction.atomic
def go_live(*, business: Business, by: Actor, at: datetime, holds_from: date | None = None) -> ProgramVersion:
    """Take the draft live. The first time, the drafted rewards of its units enter the catalogue, too.

    What gives or keeps less than before holds from a day in the business's zone that all can be told of in time: raises
    announcements.DayNeeded and TooSoon. Locks the business. Raises NotReady while something blocks the first time
    (later that is only a warning), NothingToPublish where there is no draft with a rule, and NothingChanged.
    """
    row = Business.objects.select_for_update().get(pk=business.pk)
    live, drafted = live_version(row), draft_version(row)
    first = live is None
    missing = readiness.blocking(row)
    if first and missing:
        raise NotReady(missing)
    if live and drafted and says_the_same(drafted, live):
        raise NothingChanged
    announcements.check_day(business=row, holds_from=holds_from, at=at)
    version = program.go_live(business=business, by=by, at=at, holds_from=holds_from)
    if first:
        for reward in drafts_for(version):
            catalogue.set_state(reward=reward, state=RewardState.ACTIVE, by=by, at=at)
    return version
