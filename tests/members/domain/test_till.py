"""Taking over a shared till by PIN, and locking it."""

from datetime import timedelta

import pytest

from loyalty.domain import staff
from loyalty.domain.actors import Actor
from loyalty.models import AuditEvent, Channel, StaffRole, User
from members.domain import till
from members.domain.till import NobodyHasAPin, TooManyTries, WrongPin
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world: World) -> World:
    set_pin(world.manager_role, "4831")
    return world


def set_pin(role: StaffRole, pin: str) -> None:
    staff.set_pin(staff=role, pin=pin, by=Actor(Channel.CONSOLE, role.user, role), at=NOW)


def take_over(world: World, pin: str, *, at=NOW, by: Actor | None = None) -> StaffRole:
    return till.take_over(business=world.business, pin=pin, by=by or world.at_counter(), at=at)


def tries(world: World, pins: int, *, at=NOW) -> list[int]:
    left = []
    for _ in range(pins):
        with pytest.raises(WrongPin) as wrong:
            take_over(world, "9999", at=at)
        left.append(wrong.value.left)
    return left


def test_who_has_the_pin_serves_and_it_is_noted(world):
    assert take_over(world, "4831") == world.manager_role
    event = AuditEvent.objects.get(verb="till.taken_over")
    assert (event.staff, event.user, event.object_id) == (
        world.cashier_role, world.cashier, str(world.manager_role.pk),
    )  # fmt: skip


def test_a_wrong_pin_is_counted_down(world):
    assert tries(world, 5) == [4, 3, 2, 1, 0]
    assert AuditEvent.objects.filter(verb="till.pin_refused").count() == 5


def test_after_five_not_even_the_right_one_is_looked_at(world):
    tries(world, 5)
    with pytest.raises(TooManyTries) as locked:
        take_over(world, "4831", at=NOW + timedelta(minutes=5) - timedelta(microseconds=1))
    assert locked.value.until == NOW + timedelta(minutes=5)
    assert take_over(world, "4831", at=NOW + timedelta(minutes=5)) == world.manager_role


def test_only_the_last_five_minutes_count(world):
    tries(world, 4)
    assert tries(world, 1, at=NOW + timedelta(minutes=4)) == [0]
    assert tries(world, 1, at=NOW + timedelta(minutes=6)) == [3]


def test_each_log_in_has_its_own_tries(world):
    tries(world, 5)
    assert take_over(world, "4831", by=world.at_console()) == world.manager_role


def test_without_counting_every_pin_could_be_tried(world, monkeypatch):
    monkeypatch.setattr(till, "_refused", lambda *asked: [])
    tries(world, 9)
    assert take_over(world, "4831") == world.manager_role


def test_a_pin_is_good_in_its_own_business_only(world):
    set_pin(world.other_business.staff.get(), "7245")
    assert tries(world, 1) == [4]
    with pytest.raises(WrongPin):
        take_over(world, "7245")


@pytest.mark.parametrize("gone", ["removed", "switched off"])
def test_who_has_left_does_not_serve(world, gone):
    if gone == "removed":
        staff.remove(staff=world.manager_role, by=world.at_console(), at=NOW)
    else:
        User.objects.filter(pk=world.manager.pk).update(is_active=False)
    with pytest.raises(WrongPin):
        take_over(world, "4831")


def test_locking_is_noted(world):
    till.lock(business=world.business, by=world.at_counter(), at=NOW)
    assert AuditEvent.objects.get(verb="till.locked").staff == world.cashier_role


def test_a_till_that_nobody_could_open_is_not_locked(world):
    staff.reset_pin(staff=world.manager_role, by=world.at_console(), at=NOW)
    with pytest.raises(NobodyHasAPin):
        till.lock(business=world.business, by=world.at_counter(), at=NOW)
    assert not AuditEvent.objects.filter(verb="till.locked").exists()
