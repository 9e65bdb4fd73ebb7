"""Changes that give or keep less: announced ahead, called off before their day, given back as one act after it."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import batched

from django.db import transaction

from loyalty.domain import audit, ledger, locks
from loyalty.domain.actors import SYSTEM, Actor
from loyalty.domain.program import copied, next_version, replace_live
from loyalty.engine.days import local_day
from loyalty.models import (
    Business,
    Channel,
    PolicyReturn,
    Posting,
    PostingKind,
    ProgramVersion,
    Unit,
    UnitPolicy,
    VersionState,
)
from loyalty.queries.policies import last_return, next_day, not_returned, planned, return_of
from loyalty.queries.program import draft_version, live_version, load_program

AT_ONCE = 100
"""Cards in one transaction of what is given back."""


class AnnouncementError(Exception):
    """Something about an announced change that is refused; nothing was written."""


class DayNeeded(AnnouncementError):
    """The draft gives or keeps less than today, and nobody said from which day."""


class TooSoon(AnnouncementError):
    """The day comes before all can be told; first is the first day that does not."""

    def __init__(self, first: date) -> None:
        super().__init__(f"from {first}")
        self.first = first


class NothingComing(AnnouncementError):
    """No change is still to come."""


class NothingTaken(AnnouncementError):
    """The change took nothing that was not given back."""


class DayPassed(AnnouncementError):
    """What is given back would be over already."""


class KeyReused(AnnouncementError):
    """The same key was used for another change, day or reason."""


def check_day(*, business: Business, holds_from: date | None, at: datetime) -> None:
    """Make sure that what the draft of a locked business makes shorter or lower is announced in time.

    Raises DayNeeded, TooSoon. Days are in the business's zone.
    """
    version, live = draft_version(business), live_version(business)
    plan = planned(version, live, at) if version else None
    if not plan:
        return
    if holds_from is None:
        raise DayNeeded
    if holds_from < plan.first_day:
        raise TooSoon(plan.first_day)


@transaction.atomic
def call_off(*, business: Business, by: Actor, at: datetime) -> ProgramVersion:
    """Let no change come that is announced for a later day: make a version live that says what holds today.

    Expiry, caps and card sizes stay as they are today; all else stays as the live version has it, and the draft is not
    touched. Locks the business. Raises NothingComing.
    """
    row = Business.objects.select_for_update().get(pk=business.pk)
    live, today = live_version(row), local_day(at, row.time_zone)
    if live is None or next_day(load_program(live), today) is None:
        raise NothingComing
    version = next_version(row, at)
    version.name, version.bonuses_multiply = live.name, live.bonuses_multiply
    version.state = VersionState.RETIRED
    version.unit_settings = {unit.code: _today(live, unit, today) for unit in live.units.all()}
    version.save()
    _take_over(version, live, today)
    replace_live(version, holds_from=None, by=by, at=at)
    audit.record(verb="program.change_called_off", by=by, at=at, business=row, obj=version, number=version.number)
    return version


def _today(live: ProgramVersion, unit: Unit, today: date) -> dict[str, object]:
    """Return the settings of a unit with the expiry and the size of a card that hold today."""
    policy = unit.policy_on(today)
    held = {"expiry": policy.kind.value, "expiry_count": policy.count, "card_size": unit.card_size_on(today)}
    return {**live.unit_settings.get(unit.code, {}), **held}


def _take_over(version: ProgramVersion, live: ProgramVersion, today: date) -> None:
    version.units.set(live.units.all())
    for rule in live.rules.order_by("position", "pk"):
        if rule.limit_from and rule.limit_from > today:
            rule.limit_per_day = rule.earlier_limit_per_day
        rule.limit_from = rule.earlier_limit_per_day = None
        copied(rule, version).save(force_insert=True)
    for bonus in live.bonuses.order_by("pk"):
        copied(bonus, version).save(force_insert=True)


@transaction.atomic
def give_back(
    *, change: UnitPolicy, last_good_day: date, reason: str, key: str, by: Actor, at: datetime
) -> PolicyReturn:
    """Say that what a change of expiry took so far is given back, good through a day in the business's zone.

    carry_out() books it. The same key again returns the first act. Locks the business. Raises NothingTaken, DayPassed,
    KeyReused.
    """
    business = Business.objects.select_for_update().get(pk=change.business_id)
    known = return_of(business, key)
    if known:
        if (known.policy_id, known.last_good_day, known.reason) != (change.pk, last_good_day, reason):
            raise KeyReused
        return known
    if last_good_day < local_day(at, business.time_zone):
        raise DayPassed
    waiting = not_returned(change, since=last_return(change), until=at)
    postings = waiting.count()
    if not postings:
        raise NothingTaken
    row = PolicyReturn.objects.create(
        business=business, policy=change, key=key, last_good_day=last_good_day, reason=reason, returned_by=by.staff,
        returned_at=at,
    )  # fmt: skip
    cards = waiting.order_by().values("account").distinct().count()
    audit.record(
        verb="expiry.returned", by=by, at=at, business=business, obj=row, change=change.pk, cards=cards,
        postings=postings, changes={"last_good_day": [None, last_good_day.isoformat()]},
    )  # fmt: skip
    return row


def carry_out(returned: PolicyReturn, *, at: datetime, between: Callable[[], object] = int) -> int:
    """Book what an act gives back, each posting once however often this runs; return how many.

    Some cards at a time, each piece a short transaction. between is called after each piece. Locks accounts.
    """
    ids = list(not_returned(returned.policy, until=returned.returned_at).values_list("pk", flat=True))
    booked = 0
    for piece in batched(ids, AT_ONCE):
        for pk in piece:
            booked += _reinstate(returned, pk, at)
        between()
    return booked


@locks.atomic
def _reinstate(returned: PolicyReturn, posting_id: int, at: datetime) -> bool:
    expired = Posting.objects.select_related("account__business").get(pk=posting_id)
    staff = returned.returned_by
    by = Actor(Channel.CONSOLE, staff.user, staff) if staff else SYSTEM
    booking = ledger.Booking(
        account=expired.account, key=f"return:{returned.pk}:{posting_id}", kind=PostingKind.REINSTATE, at=at,
        booked_at=at, by=by, reverses=expired, reason=returned.reason,
    )  # fmt: skip
    try:
        ledger.reinstate(booking, last_good_day=returned.last_good_day, change=returned.policy_id)
    except (ledger.AlreadyReinstated, ledger.AccountClosed):
        return False
    return True
