from datetime import timedelta

import pytest

from loyalty.domain import locations
from loyalty.domain.locations import LastLocation, NameTaken
from loyalty.models import AuditEvent, Location
from loyalty.queries import businesses
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def verbs() -> list[str]:
    return list(AuditEvent.objects.filter(at=LATER).order_by("pk").values_list("verb", flat=True))


def add(world: World, name: str) -> Location:
    return locations.add(business=world.business, name=name, address="", by=world.at_console(), at=LATER)


def test_a_business_opens_with_one_branch(world: World) -> None:
    assert [str(row) for row in businesses.locations(world.business)] == ["Main shop"]


def test_a_branch_is_added_changed_closed_and_opened_again(world: World) -> None:
    row = add(world, "Harbour")
    row = locations.change(location=row, name="Old harbour", address="Pier 1", by=world.at_console(), at=LATER)
    row = locations.close(location=row, by=world.at_console(), at=LATER)
    assert (row.name, row.address, row.closed_at) == ("Old harbour", "Pier 1", LATER)
    assert [str(each) for each in businesses.open_locations(world.business)] == ["Main shop"]
    assert [str(each) for each in businesses.locations(world.business)] == ["Main shop", "Old harbour"]
    assert locations.reopen(location=row, by=world.at_console(), at=LATER).closed_at is None
    assert verbs() == ["location.added", "location.changed", "location.closed", "location.reopened"]


def test_the_same_again_changes_nothing(world: World) -> None:
    row = Location.objects.get(business=world.business)
    locations.change(location=row, name=row.name, address=row.address, by=world.at_console(), at=LATER)
    locations.reopen(location=row, by=world.at_console(), at=LATER)
    assert verbs() == []


def test_a_name_is_used_once(world: World) -> None:
    row = add(world, "Harbour")
    with pytest.raises(NameTaken):
        add(world, "Main shop")
    with pytest.raises(NameTaken):
        locations.change(location=row, name="Main shop", address="", by=world.at_console(), at=LATER)
    row.refresh_from_db()
    assert row.name == "Harbour"
    assert verbs() == ["location.added"]


def test_a_business_keeps_a_branch(world: World) -> None:
    only = Location.objects.get(business=world.business)
    with pytest.raises(LastLocation):
        locations.close(location=only, by=world.at_console(), at=LATER)
    only.refresh_from_db()
    assert (only.closed_at, verbs()) == (None, [])
