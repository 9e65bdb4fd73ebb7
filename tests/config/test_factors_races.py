"""One code of an app, shown twenty times at once, on both databases: it counts once."""

from collections import Counter

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from loyalty.domain import factors
from tests.loyalty.domain.test_ledger_races import race
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_counts_once(world: World) -> None:
    factor = TOTP.activate(world.owner, generate_totp_secret()).instance
    assert Counter(race(lambda _: factors.take_step(factor=factor, step=7), 20)) == {True: 1, False: 19}
