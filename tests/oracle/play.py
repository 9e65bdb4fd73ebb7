"""A season: two businesses from the day they open, so many steps, and an audit at the end."""

from datetime import UTC, datetime, timedelta
from random import Random

from tests.oracle.chance import Chance
from tests.oracle.driver import Driver
from tests.oracle.seasons import season


def play(rng: Random, steps: int, *, prove: bool = True) -> Driver:
    """Play a season; raises Mismatch."""
    start = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(10 * 365 * 1440))
    driver = Driver(season(rng), start)
    chance = Chance(driver, rng, start)
    while len(driver.steps) < steps:
        chance.step()
    driver.audit(chance.now, prove=prove)
    return driver
