"""A change of expiry from the draft to what was given back: each page in Chromium, in all widths and schemes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty.domain import expiry, program, rules
from loyalty.domain.program import UnitDraft
from loyalty.models import UnitKind
from loyalty.queries.program import live_version
from tests.browser import Visitor
from tests.changes import take_soon
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def draft(world: World) -> None:
    """Let the draft shorten the life of points, cap a rule and enlarge the card."""
    world.purchase(54_000)
    now = timezone.now()
    version = program.draft_from(version=live_version(world.business), by=world.at_console(), at=now)
    units = [
        UnitDraft("points", UnitKind.POINTS, "points", "point", expiry="inactivity_months", expiry_count=6),
        UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=12),
    ]
    for unit in units:
        rules.set_unit(business=world.business, unit=unit, by=world.at_console(), at=now)
    version.rules.filter(unit=world.stamps).update(limit_per_day=2)


def announce(world: World) -> None:
    draft(world)
    day = timezone.now().date() + timedelta(days=20)
    program.go_live(business=world.business, by=world.at_console(), at=timezone.now(), holds_from=day)


def test_what_going_live_takes(world: World, visitor: Visitor):
    draft(world)
    visitor.sign_in(world.owner)
    visitor.look_closely("/console/luna/go-live/")


def test_what_is_to_come(world: World, visitor: Visitor):
    announce(world)
    visitor.sign_in(world.owner)
    visitor.look_closely("/console/luna/program/")
    visitor.look_closely("/console/luna/program/expiry/")


def test_what_members_and_the_counter_read(world: World, visitor: Visitor):
    announce(world)
    expiry.expire_due(business=world.business, at=timezone.now())
    visitor.sign_in(world.member_user)
    visitor.look_closely("/luna/my/")
    visitor.look_closely("/luna/my/card/")
    visitor.sign_in(world.cashier)
    visitor.look_closely(f"/counter/luna/{world.member.account.public_id}/")


def test_what_a_change_took(world: World, visitor: Visitor):
    change = take_soon(world)
    visitor.sign_in(world.owner)
    visitor.look_closely("/console/luna/program/expiry/")
    visitor.look_closely(f"/console/luna/program/expiry/{change.public_id}/give-back/")
