"""Editing a draft piece by piece."""

from datetime import UTC, datetime

import pytest

from loyalty.domain import program, rules
from loyalty.domain.program import BonusDraft, RuleDraft, UnitDraft
from loyalty.domain.rules import NoDraft, UnitInUse
from loyalty.models import AuditEvent, ProgramVersion, UnitKind
from loyalty.queries.program import draft_version, live_version, load_program
from tests.world import NOW, World

VISIT = RuleDraft(
    "points", "Visits", "visit", "flat", 5,
    fields={"weekdays": [1], "minimum": 500, "starts_at": datetime(2026, 4, 1, tzinfo=UTC), "excluded_items": ["bag"]},
)  # fmt: skip
DOUBLE = BonusDraft("points", "Double", factor_thousandths=2000, fields={"weekdays": [1]})


@pytest.fixture
def world(world: World) -> World:
    program.draft_from(version=live_version(world.business), by=world.at_console(), at=NOW)
    return world


def said(version: ProgramVersion) -> list[str]:
    loaded = load_program(version)
    return [piece.name for piece in (*loaded.rules.rules, *loaded.rules.bonuses)]


def add(world: World, piece: object):
    return rules.add(business=world.business, piece=piece, by=world.at_console(), at=NOW)


def test_pieces_are_added_to_the_draft_only(world: World) -> None:
    add(world, VISIT)
    add(world, DOUBLE)
    before = ["1 point per 1.00", "A stamp per visit"]
    assert said(draft_version(world.business)) == [*before, "Visits", "Double"]
    assert said(live_version(world.business)) == before


def test_a_piece_is_changed_as_a_whole(world: World) -> None:
    row = add(world, VISIT)
    rules.change(row=row, piece=RuleDraft("stamps", "Cards", "purchase", "flat", 1), by=world.at_console(), at=NOW)
    row.refresh_from_db()
    assert (row.unit, row.name, row.award, row.trigger) == (world.stamps, "Cards", 1, "purchase")


@pytest.mark.parametrize("piece", [VISIT, DOUBLE])
def test_what_was_removed_can_be_added_again(world: World, piece: object) -> None:
    row = add(world, piece)
    before = rules.as_piece(row)
    removed = rules.remove(row=row, by=world.at_console(), at=NOW)
    assert (removed, said(draft_version(world.business))) == (before, ["1 point per 1.00", "A stamp per visit"])
    again = add(world, removed)
    assert rules.as_piece(again) == before
    assert {name: before.fields[name] for name in piece.fields} == piece.fields


def test_what_is_live_is_never_edited(world: World) -> None:
    live_rule = live_version(world.business).rules.order_by("position").first()
    for act in (
        lambda: rules.change(row=live_rule, piece=VISIT, by=world.at_console(), at=NOW),
        lambda: rules.remove(row=live_rule, by=world.at_console(), at=NOW),
    ):
        with pytest.raises(NoDraft):
            act()
    live_rule.refresh_from_db()
    assert (live_rule.name, live_rule.award) == ("1 point per 1.00", 1)


def test_without_a_draft_nothing_is_added(world: World) -> None:
    program.discard_draft(business=world.business, by=world.at_console(), at=NOW)
    before = AuditEvent.objects.count()
    with pytest.raises(NoDraft):
        add(world, VISIT)
    with pytest.raises(NoDraft):
        rules.change_settings(business=world.business, name="x", bonuses_multiply=True, by=world.at_console(), at=NOW)
    assert AuditEvent.objects.count() == before


def test_a_unit_changes_when_the_draft_goes_live(world: World) -> None:
    beans = UnitDraft("points", UnitKind.POINTS, "beans", "bean", expiry="end_of_year")
    rules.set_unit(business=world.business, unit=beans, by=world.at_console(), at=NOW)
    world.points.refresh_from_db()
    assert world.points.name == "points"
    program.go_live(business=world.business, by=world.at_console(), at=NOW)
    world.points.refresh_from_db()
    assert (world.points.name, world.points.expiry) == ("beans", "end_of_year")


def test_units_come_and_go(world: World) -> None:
    code = rules.free_code(world.business, UnitKind.STAMPS)
    assert (code, rules.free_code(world.other_business, UnitKind.CREDIT)) == ("stamps-2", "credit")
    second = UnitDraft(code, UnitKind.STAMPS, "lunches", "lunch", card_size=5)
    rules.set_unit(business=world.business, unit=second, by=world.at_console(), at=NOW)
    draft = draft_version(world.business)
    assert sorted(load_program(draft).units) == ["points", "stamps", "stamps-2"]
    row = add(world, RuleDraft(code, "Lunch", "visit", "flat", 1))
    with pytest.raises(UnitInUse):
        rules.remove_unit(business=world.business, code=code, by=world.at_console(), at=NOW)
    rules.remove(row=row, by=world.at_console(), at=NOW)
    rules.remove_unit(business=world.business, code=code, by=world.at_console(), at=NOW)
    draft.refresh_from_db()
    assert (sorted(load_program(draft).units), sorted(draft.unit_settings)) == (
        ["points", "stamps"],
        ["points", "stamps"],
    )


def test_settings(world: World) -> None:
    rules.change_settings(
        business=world.business, name="Bean club", bonuses_multiply=True, by=world.at_console(), at=NOW
    )
    draft = draft_version(world.business)
    assert (draft.name, load_program(draft).rules.bonuses_multiply) == ("Bean club", True)
    assert live_version(world.business).name == "Regulars club"
