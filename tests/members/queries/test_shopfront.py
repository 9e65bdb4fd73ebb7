"""What newcomers are told of a program, and its worked example."""

import pytest

from loyalty.domain import program
from loyalty.domain.actors import Actor
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.models import Channel, StaffRole, UnitKind
from members.queries.shopfront import Example, shopfront
from rewards.domain import catalogue
from rewards.domain.catalogue import RewardDetails
from tests.world import NOW


def run(role: StaffRole, *rules: RuleDraft, cost: int = 0) -> None:
    by = Actor(Channel.CONSOLE, role.user, role)
    units = [UnitDraft("points", UnitKind.POINTS, "points", "point")]
    program.draft(business=role.business, name="Club", units=units, rules=rules, by=by, at=NOW)
    program.go_live(business=role.business, by=by, at=NOW)
    if cost:
        unit = role.business.units.get()
        details = RewardDetails(name="Tea", unit=unit, cost=cost)
        catalogue.create(business=role.business, details=details, by=by, at=NOW)


def example(role: StaffRole) -> Example | None:
    front = shopfront(role.business, NOW)
    assert front is not None
    return front.example


def test_before_it_is_live_there_is_nothing_to_tell(role):
    assert shopfront(role.business, NOW) is None


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=100), (2000, ("20 points",), 3)),
        (RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=1000), (5000, ("5 points",), 10)),
        (
            RuleDraft("points", "p", "purchase", "per_amount", 1, per_amount=100, fields={"minimum": 5000}),
            (5000, ("50 points",), 1),
        ),
        (RuleDraft("points", "p", "purchase", "flat", 5), (1000, ("5 points",), 10)),
        (RuleDraft("points", "p", "visit", "flat", 1), (0, ("1 point",), 50)),
    ],
)
def test_the_example_is_reckoned_by_the_rules(role, rule, told):
    run(role, rule, cost=50)
    total, earned, times = told
    assert example(role) == Example(total, earned, times, "Tea")


def test_without_a_reward_the_example_says_what_is_earned(role):
    run(role, RuleDraft("points", "p", "visit", "flat", 1))
    assert example(role) == Example(0, ("1 point",), 0, "")


@pytest.mark.parametrize("rewards", [1, 4])
def test_it_costs_the_same_however_many_rewards_there_are(role, rewards, django_assert_num_queries):
    run(role, RuleDraft("points", "p", "visit", "flat", 1))
    unit, by = role.business.units.get(), Actor(Channel.CONSOLE, role.user, role)
    for number in range(rewards):
        details = RewardDetails(name=f"Tea {number}", unit=unit, cost=5 + number)
        catalogue.create(business=role.business, details=details, by=by, at=NOW)
    shopfront(role.business, NOW)  # the program is read once and remembered
    with django_assert_num_queries(2):
        shopfront(role.business, NOW)
