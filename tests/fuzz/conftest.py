"""One site for all that is sent: every request is undone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tests.fuzz.asking import Prober, probers
from tests.fuzz.forms import Shown, Walk
from tests.fuzz.places import Place, Site, make_site, places
from tests.fuzz.reach import Reach
from tests.plugins.report import FUZZED
from tests.plugins.tiers import is_nightly
from tests.world import NOW


@pytest.fixture(scope="package")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """A world with something behind every address, a few minutes later."""
    with django_db_blocker.unblock(), time_machine.travel(NOW + timedelta(minutes=3)), transaction.atomic():
        yield make_site()
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def addresses(site: Site) -> list[Place]:
    return places(site)


@pytest.fixture(scope="package")
def reach(request: pytest.FixtureRequest) -> Reach:
    """One value for each place, the same in every build; by night four, others each night; so many as are asked for."""
    asked: int | None = request.config.getoption("--values")
    if asked is None and not is_nightly(request.config):
        return Reach(1)
    return Reach(4 if asked is None else asked or None, request.config.getoption("randomly_seed", 1))


@pytest.fixture(scope="package")
def walk(site: Site, addresses: list[Place], reach: Reach) -> Walk:
    """The walk over every page."""
    return Walk(probers(site.world), reach.whole).over(addresses)


@pytest.fixture
def people(walk: Walk, request: pytest.FixtureRequest) -> Iterator[list[Prober]]:
    """Everybody, without a fault so far. What they send is told at the end of the run (tests/plugins/report.py)."""
    for who in walk.people:
        who.faults.clear()
    yield walk.people
    request.node.user_properties.append((FUZZED, walk.people[0].tally.taken()))


@pytest.fixture
def forms(walk: Walk) -> list[Shown]:
    return walk.forms
