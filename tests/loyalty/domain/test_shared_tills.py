"""Pairing devices as tills of a business, naming them, and ending that."""

from datetime import timedelta

import pytest

from loyalty.domain import locations, shared_tills, staff
from loyalty.domain.actors import Actor
from loyalty.domain.shared_tills import NameTaken, NobodyHasAPin
from loyalty.models import AuditEvent, Channel, SharedTill, StaffRole
from loyalty.queries.shared_tills import open_till, paired_tills
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
DAYS_90 = timedelta(days=90)
SECOND = timedelta(seconds=1)


@pytest.fixture
def world(world: World) -> World:
    set_pin(world.owner_role)
    return world


def set_pin(role: StaffRole) -> None:
    staff.set_pin(staff=role, pin="7264", by=Actor(Channel.CONSOLE, role.user, role), at=NOW)


def pair(world: World, name: str = "Bar tablet", *, at=NOW, **more) -> SharedTill:
    values = {"business": world.business, "location": None, "by": world.at_console(), **more}
    return shared_tills.pair(name=name, at=at, **values)


def verbs() -> list[str]:
    rows = AuditEvent.objects.filter(verb__startswith="shared_till.").order_by("pk")
    return list(rows.values_list("verb", flat=True))


class TestPairing:
    def test_it_holds_for_90_days(self, world):
        till = pair(world)
        assert (till.paired_at, till.expires_at, till.ended_at, till.used_at) == (NOW, NOW + DAYS_90, None, None)
        assert open_till(till.pk, NOW + DAYS_90 - SECOND) == till
        assert open_till(till.pk, NOW + DAYS_90) is None

    def test_it_is_noted_with_who_did_it(self, world):
        till = pair(world)
        event = AuditEvent.objects.get(verb="shared_till.paired")
        assert (event.staff, event.object_id, till.paired_by) == (world.owner_role, str(till.pk), world.owner_role)

    def test_nobody_could_open_it_without_a_pin(self, world):
        staff.reset_pin(staff=world.owner_role, by=world.at_console(), at=NOW)
        with pytest.raises(NobodyHasAPin):
            pair(world)
        assert (SharedTill.objects.count(), verbs()) == (0, [])

    def test_a_name_is_given_once(self, world):
        pair(world)
        with pytest.raises(NameTaken):
            pair(world)
        assert (SharedTill.objects.count(), verbs()) == (1, ["shared_till.paired"])

    def test_in_each_business(self, world):
        role = world.other_business.staff.get()
        set_pin(role)
        pair(world)
        by = Actor(Channel.CONSOLE, role.user, role)
        assert pair(world, business=world.other_business, by=by).business == world.other_business

    def test_a_name_is_free_again_when_its_time_is_over(self, world):
        first = pair(world)
        with pytest.raises(NameTaken):
            pair(world, at=NOW + DAYS_90 - SECOND)
        second = pair(world, at=NOW + DAYS_90)
        first.refresh_from_db()
        assert (first.ended_at, second.expires_at) == (NOW + DAYS_90, NOW + 2 * DAYS_90)

    def test_a_closed_business_has_no_tills(self, world):
        till = pair(world)
        type(world.business).objects.filter(pk=world.business.pk).update(closed_at=NOW)
        assert open_till(till.pk, NOW) is None


class TestChanging:
    def test_name_and_location(self, world):
        harbour = locations.add(business=world.business, name="Harbour", address="", by=world.at_console(), at=NOW)
        till = shared_tills.change(till=pair(world), name="Door", location=harbour, by=world.at_console(), at=NOW)
        till.refresh_from_db()
        assert (till.name, till.location) == ("Door", harbour)
        event = AuditEvent.objects.get(verb="shared_till.changed")
        assert event.data == {"changes": {"name": ["Bar tablet", "Door"], "location": [None, "Harbour"]}}

    def test_nothing_changed_is_not_noted(self, world):
        till = pair(world)
        shared_tills.change(till=till, name=till.name, location=None, by=world.at_console(), at=NOW)
        assert verbs() == ["shared_till.paired"]

    def test_the_name_of_another_is_refused(self, world):
        pair(world)
        door = pair(world, "Door")
        with pytest.raises(NameTaken):
            shared_tills.change(till=door, name="Bar tablet", location=None, by=world.at_console(), at=NOW)
        door.refresh_from_db()
        assert (door.name, verbs()) == ("Door", ["shared_till.paired", "shared_till.paired"])


class TestEnding:
    def test_holds_at_once(self, world):
        till = pair(world)
        shared_tills.end(till=till, by=world.at_console(), at=NOW + SECOND)
        assert open_till(till.pk, NOW + SECOND) is None
        assert paired_tills(world.business, NOW) == []
        assert verbs() == ["shared_till.paired", "shared_till.ended"]

    def test_twice_is_once(self, world):
        till = pair(world)
        for seconds in (1, 2):
            ended = shared_tills.end(till=till, by=world.at_console(), at=NOW + seconds * SECOND)
        assert (ended.ended_at, verbs()) == (NOW + SECOND, ["shared_till.paired", "shared_till.ended"])

    def test_the_name_is_free_again(self, world):
        shared_tills.end(till=pair(world), by=world.at_console(), at=NOW)
        assert pair(world).name == "Bar tablet"


class TestUse:
    def test_is_noted_every_five_minutes(self, world):
        till = pair(world)
        for seconds, noted in ((0, 0), (299, 0), (300, 300), (599, 300), (600, 600)):
            shared_tills.note_use(till=till, at=NOW + seconds * SECOND)
            till.refresh_from_db()
            assert till.used_at == NOW + noted * SECOND
