"""A change of expiry in the world: announced, held, and having taken what lay there."""

from datetime import date, datetime

from loyalty.domain import expiry, program, rules
from loyalty.domain.actors import Actor
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.models import Business, UnitKind, UnitPolicy
from loyalty.queries.program import live_version
from tests.world import NOW, World

JULY = date(2026, 7, 1)
LAST = date(2026, 12, 31)
"""The last good day of what lay there on 1 July: six months without a visit."""
OVER = datetime(2027, 1, 1, 12, 0, tzinfo=NOW.tzinfo)


def draft_renamed(world: World) -> None:
    """Let the draft say nothing but another name of the program."""
    program.draft_from(version=live_version(world.business), by=world.at_console(), at=NOW)
    rename(world.business, world.at_console())


def rename(business: Business, by: Actor) -> None:
    """Give the draft of a business another name."""
    rules.change_settings(business=business, name="Another club", bonuses_multiply=False, by=by, at=NOW)


def draft_quiet(world: World, count: int = 6, kind: str = "inactivity_months") -> None:
    """Let the draft say that points expire without a visit."""
    program.draft_from(version=live_version(world.business), by=world.at_console(), at=NOW)
    unit = UnitDraft("points", UnitKind.POINTS, "points", "point", expiry=kind, expiry_count=count)
    rules.set_unit(business=world.business, unit=unit, by=world.at_console(), at=NOW)


def draft_cap(world: World, limit: int) -> None:
    """Let the draft give so many points a day at most by its first rule."""
    version = program.draft_from(version=live_version(world.business), by=world.at_console(), at=NOW)
    row = version.rules.get(trigger="purchase")
    piece = RuleDraft(
        "points", row.name, row.trigger, row.method, row.award, per_amount=row.per_amount,
        fields={"limit_per_day": limit},
    )  # fmt: skip
    rules.change(row=row, piece=piece, by=world.at_console(), at=NOW)


def announce(world: World, *, holds_from: date = JULY) -> UnitPolicy:
    """Let points expire after six months without a visit, from a day on; return the change."""
    draft_quiet(world)
    program.go_live(business=world.business, by=world.at_console(), at=NOW, holds_from=holds_from)
    return UnitPolicy.objects.latest("pk")


def take_soon(world: World) -> UnitPolicy:
    """Let a change have taken the member's 540 points by 1 April already; return it."""
    world.purchase(54_000)
    draft_quiet(world, 5, "inactivity_days")
    program.go_live(business=world.business, by=world.at_console(), at=NOW, holds_from=date(2026, 3, 11))
    expiry.expire_due(business=world.business, at=datetime(2026, 4, 1, 12, 0, tzinfo=NOW.tzinfo))
    return UnitPolicy.objects.latest("pk")


def take(world: World) -> UnitPolicy:
    """Let a change take the member's 540 points; return it."""
    world.purchase(54_000)
    change = announce(world)
    expiry.expire_due(business=world.business, at=OVER)
    return change
