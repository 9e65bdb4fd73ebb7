"""The oracle as a state machine: hypothesis looks for the shortest story that the two tell differently."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.oracle.chance import WEIGHTS, Chance
from tests.oracle.driver import Driver
from tests.oracle.seasons import season

START = datetime(2024, 2, 20, 9, tzinfo=UTC)
SHORT = settings(
    max_examples=10,
    stateful_step_count=30,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Ledger(RuleBasedStateMachine):
    """Two businesses, each in the product and in the model; a rule for every kind of operation."""

    chance: Chance

    @initialize(rng=st.randoms(use_true_random=False))
    def open(self, rng: Random) -> None:
        driver = Driver(season(rng), START)
        self.chance = Chance(driver, rng, START)
        for place, pair in enumerate(driver.pairs):
            self.chance.open_account(pair, place)

    def act(self, name: str, place: int) -> None:
        self.chance.let_time_pass()
        getattr(self.chance, name)(self.chance.driver.pairs[place], place)

    def teardown(self) -> None:
        if hasattr(self, "chance"):
            self.chance.driver.audit(self.chance.now, prove=True)


def rule_for(name: str):
    def act(machine: Ledger, place: int) -> None:
        machine.act(name, place)

    act.__name__ = name
    return rule(place=st.integers(0, 1))(act)


for kind in WEIGHTS:
    setattr(Ledger, kind, rule_for(kind))


@pytest.mark.django_db
def test_the_product_and_the_model_tell_the_same_story():
    run_state_machine_as_test(Ledger, settings=SHORT)
