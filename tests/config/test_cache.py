"""The cache in the database: counts of log-ins outlast a flood, and hold for requests of the same moment."""

from collections import Counter
from collections.abc import Iterator
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from config import code_forms
from config.accounts import AccountAdapter
from tests.loyalty.domain.test_ledger_races import race
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20


@pytest.fixture(autouse=True)
def backend(settings: Any) -> Iterator[Any]:
    """The cache as the settings have it without Redis."""
    settings.CACHES = {"default": {"BACKEND": "config.cache.KeptCache", "LOCATION": "cache"}}
    call_command("createcachetable", verbosity=0)
    yield settings
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache")


def flood() -> None:
    cache.set("count", 5, 3600)
    for number in range(320):
        cache.set(f"z{number}", 1, 3600)


def test_a_count_outlasts_a_flood() -> None:
    flood()
    assert cache.get("count") == 5


def test_in_djangos_own_it_does_not(backend: Any) -> None:
    backend.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
    flood()
    assert cache.get("count") is None


def test_what_has_expired_makes_room() -> None:
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False) as clock:
        flood()
        clock.shift(3700)
        cache.set("new", 1, 60)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cache")
            assert cursor.fetchone() == (1,)


def test_one_of_twenty_adds() -> None:
    assert Counter(race(lambda _: cache.add("lock", 1, 60), THREADS)) == {True: 1, False: 19}


def test_one_of_twenty_adds_what_has_expired() -> None:
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False) as clock:
        cache.set("lock", 0, 60)
        clock.shift(70)
        assert Counter(race(lambda _: cache.add("lock", 1, 60), THREADS)) == {True: 1, False: 19}


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the letters that leave are made from."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(AccountAdapter, "send_mail", lambda self, name, to, context: found.append(context))
    return found


def ask_for_code(client: Client, world: World) -> str:
    return client.post(reverse("account_request_login_code"), {"email": world.owner.email}).url


def test_three_log_in_codes_a_minute_leave(world: World, mailed: list[dict[str, Any]]) -> None:
    """django-allauth waits a second for its lock, then refuses: fewer are possible, more are not."""
    race(lambda _: ask_for_code(Client(), world), THREADS)
    assert 1 <= len(mailed) <= 3


def guess(world: World, number: int, clients: list[Client]) -> None:
    clients[number].post(reverse("account_confirm_login_code"), {"code": f"wrong-{number}"})


@pytest.fixture
def clients(world: World, mailed: list[dict[str, Any]]) -> list[Client]:
    """Twenty windows of the one browser that was sent a code."""
    first = Client()
    ask_for_code(first, world)
    found = [Client() for _ in range(THREADS)]
    for client in found:
        client.cookies = first.cookies
    return found


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes that are looked at."""
    from allauth.account import forms

    found: list[str] = []

    def compare(*, actual: str, expected: str) -> bool:
        found.append(actual)
        return False

    monkeypatch.setattr(forms, "compare_user_code", compare)
    return found


def test_three_codes_of_twenty_are_compared(world: World, clients: list[Client], compared: list[str]) -> None:
    race(lambda number: guess(world, number, clients), THREADS)
    assert len(compared) == 3


def test_counted_in_the_session_more_would_be(
    world: World, clients: list[Client], compared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Barrier(THREADS)
    monkeypatch.setattr(code_forms, "within_tries", lambda *of: together.wait() >= 0)
    race(lambda number: guess(world, number, clients), THREADS)
    assert len(compared) == THREADS


def test_the_code_that_came_lets_in(world: World, clients: list[Client], mailed: list[dict[str, Any]]) -> None:
    answer = clients[0].post(reverse("account_confirm_login_code"), {"code": mailed[0]["code"]})
    assert (answer.status_code, clients[0].session["_auth_user_id"]) == (302, str(world.owner.pk))
