"""What is missing before going live."""

from loyalty import readiness
from loyalty.domain import businesses, program
from loyalty.domain.actors import Actor
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.models import Channel, StaffRole, UnitKind
from rewards.domain import catalogue
from rewards.domain.catalogue import RewardDetails
from rewards.models import RewardState
from tests.world import NOW, run_program


def missing(role: StaffRole) -> list[tuple[str, bool]]:
    ours = ("loyalty:", "rewards:")
    return [(str(i.message), i.blocking) for i in readiness.issues(role.business) if i.url_name.startswith(ours)]


LOGO = ("Add your logo.", False)


def test_a_business_without_a_program(role: StaffRole) -> None:
    assert missing(role) == [("Add a rule that says what customers earn.", True), LOGO]


def test_a_program_without_a_reward(role: StaffRole) -> None:
    by = Actor(Channel.CONSOLE, role.user, role)
    units = [
        UnitDraft("points", UnitKind.POINTS, "points", "point"),
        UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp"),
    ]
    rules = [RuleDraft("points", "", "visit", "flat", 1)]
    version = program.draft(business=role.business, name="Club", units=units, rules=rules, by=by, at=NOW)
    assert missing(role) == [("Put a reward into the catalogue.", True), LOGO]
    details = RewardDetails("Mug", version.units.get(code="points"), 10)
    catalogue.create(business=role.business, details=details, state=RewardState.DRAFT, by=by, at=NOW)
    assert sorted(missing(role)) == [LOGO, ("Add a reward for stamps.", False)][::-1]


def test_once_live_a_draft_of_a_reward_is_no_reward(role: StaffRole) -> None:
    by = Actor(Channel.CONSOLE, role.user, role)
    points, _stamps = run_program(role)
    details = RewardDetails("Mug", points, 10)
    reward = catalogue.create(business=role.business, details=details, state=RewardState.DRAFT, by=by, at=NOW)
    assert ("Put a reward into the catalogue.", True) in missing(role)
    catalogue.set_state(reward=reward, state=RewardState.ACTIVE, by=by, at=NOW)
    assert ("Put a reward into the catalogue.", True) not in missing(role)


def test_customers_must_be_able_to_write(role: StaffRole) -> None:
    changes = {"contact_email": ""}
    business = businesses.change_details(
        business=role.business, changes=changes, by=Actor(Channel.CONSOLE, role.user, role), at=NOW
    )
    issue = next(i for i in readiness.blocking(business) if i.url_name == "loyalty:settings")
    assert issue.url(business) == "/console/bean/settings/"
