"""Many tries at the same moment, on both databases: exactly as many count as are allowed."""

from collections import Counter
from threading import Barrier

import pytest

from loyalty.domain import tries
from loyalty.limits import Limit
from loyalty.models import TryCount
from tests.loyalty.domain.test_ledger_races import race
from tests.world import NOW

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20
TEN = Limit("test", most=10, seconds=3600)


def test_ten_of_twenty_are_allowed() -> None:
    assert Counter(race(lambda _: TEN.allows("ana"), THREADS)) == {True: 10, False: 10}
    assert TryCount.objects.get().tries == THREADS


def test_read_and_written_back_all_twenty_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was counted in a cache: what was read is added to and written, whoever wrote in between."""
    everybody, seen = Barrier(THREADS), dict.fromkeys(["ana"], 0)

    def read_and_write(*, who: object, **of: object) -> int:
        read = seen[str(who)]
        everybody.wait()
        seen[str(who)] = read + 1
        return read + 1

    monkeypatch.setattr(tries, "count", read_and_write)
    assert Counter(race(lambda _: TEN.allows("ana"), THREADS)) == {True: THREADS}


def test_each_gets_a_number_of_its_own() -> None:
    answers = race(lambda _: tries.count(name="test", who="ana", seconds=60, at=NOW), THREADS)
    assert sorted(map(str, answers)) == sorted(str(number) for number in range(1, THREADS + 1))
