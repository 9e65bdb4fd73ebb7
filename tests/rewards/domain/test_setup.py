"""A first program from three answers, and going live."""

import pytest

from loyalty.domain import businesses, program, rules
from loyalty.domain.actors import Actor
from loyalty.domain.program import NothingToPublish
from loyalty.models import Business, Channel, EarningRule, ProgramVersion, StaffRole
from loyalty.queries.program import draft_version, live_program, live_version, load_program
from rewards.domain import catalogue, setup
from rewards.domain.catalogue import RewardDetails
from rewards.domain.setup import AlreadyLive, Card, Earning, FirstReward, NothingChanged, NotReady, Points
from rewards.models import Reward, RewardKind, RewardState
from tests.changes import rename
from tests.world import NOW

BEANS = Points("beans", "bean", 2, 100)
OFF = FirstReward("points", "€5.00 off", RewardKind.MONEY_OFF, 100, "coins", money_off=500)
COFFEE = FirstReward("stamps", "Free coffee", RewardKind.PRODUCT, 10)


def by(role: StaffRole) -> Actor:
    return Actor(Channel.CONSOLE, role.user, role)


def draft(role: StaffRole, earning: Earning, reward: FirstReward) -> ProgramVersion:
    return setup.create_draft(business=role.business, earning=earning, reward=reward, by=by(role), at=NOW)


def go_live(role: StaffRole) -> ProgramVersion:
    return setup.go_live(business=role.business, by=by(role), at=NOW)


def rule_rows(version: ProgramVersion) -> list[tuple[object, ...]]:
    rows = EarningRule.objects.filter(version=version).order_by("position")
    return list(rows.values_list("unit__code", "trigger", "method", "award", "per_amount", "minimum", "limit_per_day"))


def test_points_for_what_is_spent(role: StaffRole) -> None:
    version = draft(role, Earning(BEANS, None, "months", 12), OFF)
    assert rule_rows(version) == [("points", "purchase", "per_amount", 2, 100, 0, None)]
    unit = load_program(version).units["points"]
    assert (unit.name, unit.name_one, unit.expiry, unit.expiry_count) == ("beans", "bean", "months", 12)
    reward = Reward.objects.get(business=role.business)
    assert (reward.name, reward.unit, reward.cost, reward.money_off, reward.state) == (
        "€5.00 off", unit, 100, 500, RewardState.DRAFT,
    )  # fmt: skip
    assert version.name == "Bean club"
    assert live_version(role.business) is None


def test_points_for_a_visit(role: StaffRole) -> None:
    version = draft(role, Earning(Points("stars", "star", 10), None), OFF)
    assert rule_rows(version) == [("points", "visit", "flat", 10, 0, 0, None)]


def test_a_stamp_card(role: StaffRole) -> None:
    version = draft(role, Earning(None, Card(10, per_visit=False, minimum=300, a_day=2)), COFFEE)
    assert rule_rows(version) == [("stamps", "purchase", "flat", 1, 0, 300, 2)]
    assert load_program(version).units["stamps"].card_size == 10


def test_both(role: StaffRole) -> None:
    version = draft(role, Earning(BEANS, Card(8, per_visit=True, a_day=1)), COFFEE)
    assert rule_rows(version) == [
        ("points", "purchase", "per_amount", 2, 100, 0, None),
        ("stamps", "visit", "flat", 1, 0, 0, 1),
    ]
    assert Reward.objects.get(business=role.business).unit.code == "stamps"


def test_setting_up_anew_replaces_draft_and_reward(role: StaffRole) -> None:
    first = draft(role, Earning(BEANS, None), OFF)
    second = draft(role, Earning(None, Card(5, per_visit=True)), COFFEE)
    assert (first.pk, draft_version(role.business)) == (second.pk, second)
    assert [unit.code for unit in second.units.all()] == ["stamps"]
    assert list(Reward.objects.values_list("name", "unit__code", "cost", "money_off")) == [
        ("Free coffee", "stamps", 10, 0)
    ]


def test_going_live_shows_the_drafted_rewards_of_its_units(role: StaffRole) -> None:
    version = draft(role, Earning(BEANS, None), OFF)
    live = go_live(role)
    assert (live, live_version(role.business)) == (version, version)
    assert Reward.objects.get().state == RewardState.ACTIVE
    with pytest.raises(AlreadyLive):
        draft(role, Earning(BEANS, None), OFF)


def test_later_versions_leave_drafted_rewards_alone(role: StaffRole) -> None:
    draft(role, Earning(BEANS, None), OFF)
    live = go_live(role)
    details = RewardDetails("Mug", live.units.get(), 200)
    mug = catalogue.create(business=role.business, details=details, state=RewardState.DRAFT, by=by(role), at=NOW)
    program.draft_from(version=live, by=by(role), at=NOW)
    rename(role.business, by(role))
    go_live(role)
    mug.refresh_from_db()
    assert (mug.state, live_program(role.business).version.number) == (RewardState.DRAFT, 2)


def test_what_blocks_keeps_it_from_going_live_the_first_time(role: StaffRole) -> None:
    draft(role, Earning(BEANS, None), OFF)
    without_contact(role)
    with pytest.raises(NotReady) as refused:
        go_live(role)
    assert [issue.url_name for issue in refused.value.issues] == ["loyalty:settings"]
    assert live_version(role.business) is None
    assert Reward.objects.get().state == RewardState.DRAFT


def test_once_live_what_is_missing_is_only_a_warning(role: StaffRole) -> None:
    draft(role, Earning(BEANS, None), OFF)
    live = go_live(role)
    without_contact(role)
    program.draft_from(version=live, by=by(role), at=NOW)
    rename(role.business, by(role))
    assert go_live(role).number == 2


def test_what_is_live_already_does_not_go_live_again(role: StaffRole) -> None:
    draft(role, Earning(BEANS, Card(10, per_visit=True)), OFF)
    live = go_live(role)
    program.draft_from(version=live, by=by(role), at=NOW)
    with pytest.raises(NothingChanged):
        go_live(role)
    assert (live_version(role.business), draft_version(role.business).number) == (live, 2)


def test_without_a_draft_there_is_nothing_to_take_live(role: StaffRole) -> None:
    draft(role, Earning(BEANS, None), OFF)
    live = go_live(role)
    with pytest.raises(NothingToPublish):
        go_live(role)
    version = program.draft_from(version=live, by=by(role), at=NOW)
    rules.remove(row=version.rules.get(), by=by(role), at=NOW)
    with pytest.raises(NothingToPublish):
        go_live(role)
    assert live_version(role.business) == live


def without_contact(role: StaffRole) -> Business:
    return businesses.change_details(business=role.business, changes={"contact_email": ""}, by=by(role), at=NOW)
