"""What is missing before going live."""

from loyalty import readiness
from loyalty.domain import businesses, program
from loyalty.domain.actors import Actor
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.models import Channel, ProgramVersion, StaffRole, Unit, UnitKind
from rewards.domain import catalogue
from rewards.domain.catalogue import RewardDetails
from rewards.models import Reward, RewardState
from tests.world import NOW, run_program


def missing(role: StaffRole) -> list[tuple[str, str]]:
    """Return what is missing in program and catalogue: the page where it is mended, and what is said."""
    ours = ("loyalty:", "rewards:")
    return [(i.url_name, str(i.message)) for i in readiness.issues(role.business) if i.url_name.startswith(ours)]


def pages(role: StaffRole) -> list[str]:
    return [page for page, _said in missing(role)]


def draft_two_units(role: StaffRole) -> ProgramVersion:
    units = [
        UnitDraft("points", UnitKind.POINTS, "points", "point"),
        UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp"),
    ]
    rules = [RuleDraft("points", "", "visit", "flat", 1)]
    return program.draft(business=role.business, name="Club", units=units, rules=rules, by=owner(role), at=NOW)


def owner(role: StaffRole) -> Actor:
    return Actor(Channel.CONSOLE, role.user, role)


def add_mug(role: StaffRole, unit: Unit) -> Reward:
    details = RewardDetails("Mug", unit, 10)
    return catalogue.create(business=role.business, details=details, state=RewardState.DRAFT, by=owner(role), at=NOW)


def test_a_business_without_a_program(role: StaffRole) -> None:
    assert missing(role) == [
        ("loyalty:program", "Add a rule that says what customers earn."),
        ("loyalty:settings-look", "Add your logo."),
    ]


def test_a_program_without_a_reward(role: StaffRole) -> None:
    draft_two_units(role)
    assert ("rewards:rewards", "Put a reward into the catalogue.") in missing(role)
    assert "loyalty:program" not in pages(role)


def test_a_unit_without_a_reward(role: StaffRole) -> None:
    add_mug(role, draft_two_units(role).units.get(code="points"))
    assert ("rewards:reward-add", "Add a reward for stamps.") in missing(role)
    assert "rewards:rewards" not in pages(role)


def test_what_blocks_is_told_from_advice(role: StaffRole) -> None:
    found = {issue.url_name: issue.blocking for issue in readiness.issues(role.business)}
    assert (found["loyalty:program"], found["loyalty:settings-look"]) == (True, False)
    add_mug(role, draft_two_units(role).units.get(code="points"))
    assert {issue.url_name: issue.blocking for issue in readiness.issues(role.business)}["rewards:reward-add"] is False


def test_a_missing_reward_blocks(role: StaffRole) -> None:
    draft_two_units(role)
    assert "rewards:rewards" in [issue.url_name for issue in readiness.blocking(role.business)]


def test_once_live_a_draft_of_a_reward_is_no_reward(role: StaffRole) -> None:
    points, _stamps = run_program(role)
    reward = add_mug(role, points)
    assert "rewards:rewards" in pages(role)
    catalogue.set_state(reward=reward, state=RewardState.ACTIVE, by=owner(role), at=NOW)
    assert "rewards:rewards" not in pages(role)


def test_customers_must_be_able_to_write(role: StaffRole) -> None:
    changes = {"contact_email": ""}
    business = businesses.change_details(
        business=role.business, changes=changes, by=Actor(Channel.CONSOLE, role.user, role), at=NOW
    )
    issue = next(i for i in readiness.blocking(business) if i.url_name == "loyalty:settings")
    assert issue.url(business) == "/console/bean/settings/"
