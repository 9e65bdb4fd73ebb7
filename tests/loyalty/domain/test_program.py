"""Versions of a program: drafts, going live, and what changes when."""

from datetime import date, timedelta

import pytest

from loyalty.domain import program
from loyalty.domain.program import BonusDraft, DraftExists, NothingToPublish, RuleDraft, UnitDraft
from loyalty.models import AuditEvent, ProgramVersion, Unit, UnitKind, VersionState
from loyalty.queries.program import draft_version, ever_live, history, live_program, live_version, load_program
from tests.world import NOW, World, open_shop

LATER = NOW + timedelta(days=10)
POINTS = UnitDraft("points", UnitKind.POINTS, "beans", "bean", expiry="months", expiry_count=12)
PER_EURO = RuleDraft("points", "Beans", "purchase", "per_amount", 2, per_amount=100)


def draft(world: World, *rules: RuleDraft, unit: UnitDraft = POINTS, **more: object) -> ProgramVersion:
    return program.draft(
        business=world.business, name="Second club", units=[unit], rules=rules or (PER_EURO,), by=world.at_console(),
        at=LATER, **more,
    )  # fmt: skip


def go_live(world: World) -> ProgramVersion:
    return program.go_live(business=world.business, by=world.at_console(), at=LATER)


def test_a_draft_takes_the_place_of_the_draft_before_it(world: World) -> None:
    first = draft(world)
    second = draft(world, PER_EURO, RuleDraft("points", "Visit", "visit", "flat", 5))
    assert (first.pk, first.number) == (second.pk, 2)
    assert [rule.name for rule in second.rules.order_by("position")] == ["Beans", "Visit"]


def test_what_is_live_stays_as_it_is_while_a_draft_is_written(world: World) -> None:
    draft(world)
    live = live_program(world.business)
    assert live
    assert (live.version.number, live.units["points"].name, live.units["points"].expiry) == (
        1,
        "points",
        "never",
    )
    assert world.purchase(1000).posting.entries.get(unit=world.points).amount == 10
    drafted = load_program(draft_version(world.business))
    assert (drafted.units["points"].name, drafted.units["points"].expiry_count) == ("beans", 12)
    assert drafted.good_until(drafted.units["points"], NOW.date()) == date(2027, 3, 10)


def test_going_live_retires_the_version_before_and_renames_the_unit(world: World) -> None:
    draft(world)
    version = go_live(world)
    assert (version.state, version.live_from, live_version(world.business)) == (VersionState.LIVE, LATER, version)
    before = ProgramVersion.objects.get(business=world.business, number=1)
    assert (before.state, before.retired_at) == (VersionState.RETIRED, LATER)
    assert Unit.objects.get(pk=world.points.pk).name == "beans"
    assert world.purchase(1000, at=LATER).posting.entries.get(unit=world.points).amount == 20
    assert [v.number for v in history(world.business)] == [2, 1]


def test_an_older_version_says_what_it_said(world: World) -> None:
    draft(world)
    go_live(world)
    before = load_program(ProgramVersion.objects.get(business=world.business, number=1))
    assert (before.units["points"].name, before.units["points"].expiry) == ("points", "never")


def test_nothing_goes_live_without_a_rule(world: World) -> None:
    with pytest.raises(NothingToPublish):
        go_live(world)
    program.draft(business=world.business, name="Empty", units=[POINTS], rules=[], by=world.at_console(), at=LATER)
    with pytest.raises(NothingToPublish):
        go_live(world)
    assert live_version(world.business).number == 1
    assert draft_version(world.business).state == VersionState.DRAFT


def test_a_draft_from_a_version_is_its_copy(world: World) -> None:
    window = {"weekdays": [1], "minimum": 500, "excluded_items": ["bag"]}
    draft(world, RuleDraft("points", "Beans", "purchase", "per_amount", 2, per_amount=100, fields=window),
          bonuses=[BonusDraft("points", "Tuesday", factor_thousandths=2000)])  # fmt: skip
    live = go_live(world)
    copy = program.draft_from(version=live, by=world.at_console(), at=LATER)
    assert (copy.number, copy.state, copy.name) == (3, VersionState.DRAFT, "Second club")
    assert program_of(copy) == program_of(live)
    assert copy.rules.get().public_id != live.rules.get().public_id
    assert live_program(world.business).version == live


def program_of(version: ProgramVersion) -> tuple[object, ...]:
    loaded = load_program(version)
    own = ("id",)
    rules = [{n: getattr(r, n) for n in r.__dataclass_fields__ if n not in own} for r in loaded.rules.rules]
    bonuses = [{n: getattr(b, n) for n in b.__dataclass_fields__ if n not in own} for b in loaded.rules.bonuses]
    return rules, bonuses, loaded.rules.rounding, sorted(loaded.units), version.unit_settings


def test_a_draft_is_never_overwritten_by_a_copy(world: World) -> None:
    draft(world)
    with pytest.raises(DraftExists):
        program.draft_from(version=live_version(world.business), by=world.at_console(), at=LATER)
    assert draft_version(world.business).name == "Second club"


def test_a_discarded_draft_can_be_taken_up_again(world: World) -> None:
    first = draft(world)
    discarded = program.discard_draft(business=world.business, by=world.at_console(), at=LATER)
    assert (discarded.state, discarded.live_from, draft_version(world.business)) == (VersionState.RETIRED, None, None)
    assert [v.number for v in history(world.business)] == [1]
    again = program.draft_from(version=discarded, by=world.at_console(), at=LATER)
    assert again != first
    assert program_of(again) == program_of(first)
    with pytest.raises(NothingToPublish):
        program.discard_draft(business=world.other_business, by=world.at_console(), at=LATER)


def test_before_going_live_a_unit_follows_its_draft(world: World) -> None:
    role = open_shop(world.owner, "Third", "third")
    assert not ever_live(role.business)
    for name in ("points", "stars"):
        program.draft(
            business=role.business, name="Club", units=[UnitDraft("points", UnitKind.POINTS, name, name[:-1])],
            rules=[PER_EURO], by=world.at_console(), at=LATER,
        )  # fmt: skip
    assert role.business.units.get().name == "stars"


def test_a_program_can_be_imagined_without_a_row(world: World, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):
        imagined = program.imagine(business=world.business, name="Club", units=[POINTS], rules=[PER_EURO])
    assert [(rule.unit, rule.award, rule.per_amount) for rule in imagined.rules.rules] == [("points", 2, 100)]
    assert imagined.units["points"].name == "beans"


def test_every_step_leaves_a_trace(world: World) -> None:
    draft(world)
    program.discard_draft(business=world.business, by=world.at_console(), at=LATER)
    draft(world)
    go_live(world)
    verbs = AuditEvent.objects.filter(business=world.business, at=LATER).order_by("pk").values_list("verb", "user")
    assert list(verbs) == [
        ("program.drafted", world.owner.pk),
        ("program.discarded", world.owner.pk),
        ("program.drafted", world.owner.pk),
        ("expiry.change", world.owner.pk),
        ("program.went_live", world.owner.pk),
    ]
