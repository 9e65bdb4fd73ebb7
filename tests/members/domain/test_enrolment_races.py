"""Two windows in which somebody joins at the same moment."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from loyalty.models import User
from members.domain import enrolment
from members.domain.enrolment import Entrance
from members.domain.logins import login_for
from members.models import Member
from tests.members.domain.test_enrolment import join
from tests.world import World, make_world

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def both_at_once(world: World) -> list[object]:
    """Join twice at the same moment, in two windows; return what came out."""
    login, ready, outcomes = login_for(email="ana@example.com"), Barrier(2), []

    def one_window() -> None:
        ready.wait()
        try:
            outcomes.append(join(world, user=login).how)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it
            outcomes.append(type(error))
        finally:
            connection.close()

    windows = [Thread(target=one_window) for _ in range(2)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    return outcomes


def test_two_windows_at_once_make_one_member():
    world = make_world()
    assert sorted(both_at_once(world)) == [Entrance.JOINED, Entrance.RETURNED]
    assert Member.objects.filter(business=world.business, email="ana@example.com").count() == 1


def test_without_the_lock_one_of_the_two_fails(monkeypatch):
    world, both_looked = make_world(), Barrier(2)
    look = enrolment._claimable

    def look_and_wait(business, person):
        found = look(business, person)
        if found is None:
            both_looked.wait(timeout=60)
        return found

    monkeypatch.setattr(enrolment, "_claimable", look_and_wait)
    monkeypatch.setattr(type(User.objects.all()), "select_for_update", lambda rows, *args, **kwargs: rows)
    assert Entrance.JOINED in (outcomes := both_at_once(world))
    assert outcomes != [Entrance.JOINED, Entrance.RETURNED]
