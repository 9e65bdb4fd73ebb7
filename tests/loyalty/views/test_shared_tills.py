"""The page of shared devices: pairing this one, naming and removing others, and when they lock."""

import pytest
from django.test import Client
from django.utils import timezone

from loyalty.domain import locations, shared_tills, staff
from loyalty.models import SharedTill
from tests.pages import refused, select, texts
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
PAGE, PAIR = "/console/luna/settings/shared-devices/", "/console/luna/settings/shared-devices/pair/"


@pytest.fixture
def world(world: World) -> World:
    staff.set_pin(staff=world.owner_role, pin="7264", by=world.at_console(), at=NOW)
    return world


def paired(world: World, name: str) -> SharedTill:
    by = world.at_console()
    return shared_tills.pair(business=world.business, name=name, location=None, by=by, at=timezone.now())


def names(owner: Client) -> list[str]:
    return texts(owner.get(PAGE), "ul.list li b")


def test_there_is_none_at_first(owner: Client, world: World) -> None:
    page = owner.get(PAGE)
    assert names(owner) == []
    assert [form["action"] for form in select(page, "main form")] == [f"{PAIR}#pair", PAGE]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list(owner: Client, world: World, number: int, django_assert_num_queries) -> None:
    for each in range(number):
        paired(world, f"Tablet {each}")
    owner.get(PAGE)
    with django_assert_num_queries(6):
        assert names(owner) == [f"Tablet {each}" for each in range(number)]


def test_pairing_signs_out_and_goes_to_the_counter(owner: Client, world: World) -> None:
    harbour = locations.add(business=world.business, name="Harbour", address="", by=world.at_console(), at=NOW)
    answer = owner.post(PAIR, {"name": " Bar  tablet ", "location": str(harbour.public_id)})
    assert (answer.status_code, answer.url) == (302, "/counter/luna/")
    till = SharedTill.objects.get()
    assert (till.name, till.location, till.paired_by) == ("Bar tablet", harbour, world.owner_role)
    assert (owner.get(PAGE).status_code, "_auth_user_id" in owner.session) == (403, False)


@pytest.mark.parametrize(
    ("data", "code"), [({}, "required"), ({"name": "x" * 41}, "max_length"), ({"name": "Bar"}, "")]
)
def test_a_refused_name_leaves_the_browser_as_it_was(owner: Client, world: World, data: object, code: str) -> None:
    paired(world, "Bar")
    answer = owner.post(PAIR, data)
    assert (answer.status_code, SharedTill.objects.count()) == (422, 1)
    assert list(answer.context["pair_form"].errors.as_data()) == ["name"]
    assert answer.context["pair_form"].errors.as_data()["name"][0].code == (code or None)
    assert owner.get(PAGE).status_code == 200


def test_a_location_of_another_business_is_refused(owner: Client, world: World) -> None:
    other = world.other_business.locations.get()
    answer = owner.post(PAIR, {"name": "Bar", "location": str(other.public_id)})
    assert (answer.status_code, SharedTill.objects.count()) == (422, 0)


def test_without_a_pin_nothing_is_paired(owner: Client, world: World) -> None:
    staff.reset_pin(staff=world.owner_role, by=world.at_console(), at=NOW)
    assert owner.get(PAGE).context["has_pins"] is False
    assert (owner.post(PAIR, {"name": "Bar"}).status_code, SharedTill.objects.count()) == (422, 0)
    assert owner.get(PAGE).status_code == 200


def test_a_device_is_renamed(owner: Client, world: World) -> None:
    path = f"{PAGE}{paired(world, 'Bar').public_id}/"
    assert select(owner.get(path), "input[name=name]")[0]["value"] == "Bar"
    assert owner.post(path, {"name": "Door"}).url == PAGE
    assert names(owner) == ["Door"]


def test_the_name_of_another_is_refused(owner: Client, world: World) -> None:
    paired(world, "Door")
    path = f"{PAGE}{paired(world, 'Bar').public_id}/"
    assert refused(owner.post(path, {"name": "Door"})) == {"name": [""]}
    assert names(owner) == ["Bar", "Door"]


def test_a_device_is_removed(owner: Client, world: World) -> None:
    path = f"{PAGE}{paired(world, 'Bar').public_id}/"
    assert owner.post(f"{path}end/").url == PAGE
    assert names(owner) == []
    assert [owner.get(path).status_code, owner.post(f"{path}end/").status_code] == [404, 404]


@pytest.mark.parametrize("minutes", [1, 240])
def test_the_minutes_are_changed(owner: Client, world: World, minutes: int) -> None:
    assert owner.post(PAGE, {"till_lock_minutes": minutes}).url == PAGE
    world.business.refresh_from_db()
    assert world.business.till_lock_minutes == minutes


@pytest.mark.parametrize(
    ("minutes", "code"), [("0", "min_value"), ("241", "max_value"), ("", "required"), ("ten", "invalid")]
)
def test_other_minutes_are_refused(owner: Client, world: World, minutes: str, code: str) -> None:
    answer = owner.post(PAGE, {"till_lock_minutes": minutes})
    assert answer.status_code == 422
    assert answer.context["lock_form"].errors.as_data()["till_lock_minutes"][0].code == code
    world.business.refresh_from_db()
    assert world.business.till_lock_minutes == 10
