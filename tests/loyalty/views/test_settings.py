import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from loyalty.domain import locations
from loyalty.models import AuditEvent, Business, Location
from tests.pages import actions, has_summary, refused, select, texts, value_of
from tests.pictures import REFUSED, TAKEN
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
SETTINGS, LOOK, LOCATIONS = (f"/console/luna/settings/{part}" for part in ("", "look/", "locations/"))
DETAILS = {
    "name": "Luna", "address": "Pier 1", "contact_email": "hi@luna.example", "country": "DE",
    "time_zone": "Europe/Berlin", "language": "et", "undo_minutes": "30",
}  # fmt: skip


def verbs(world: World) -> list[str]:
    rows = AuditEvent.objects.filter(business=world.business, verb__regex="^(business|location)").order_by("pk")
    return list(rows.values_list("verb", flat=True))[1:]


def changed(client: Client, path: str, data: dict[str, Any]) -> Business:
    answer = client.post(path, data)
    assert (answer.status_code, answer.url) == (302, path)
    return Business.objects.get(slug="luna")


def test_details_are_changed(owner: Client, world: World) -> None:
    row = changed(owner, SETTINGS, DETAILS)
    assert (row.name, row.address, row.contact_email) == ("Luna", "Pier 1", "hi@luna.example")
    assert (row.language, row.undo_minutes, row.currency) == ("et", 30, "EUR")
    assert verbs(world) == ["business.changed"]


def test_who_came_to_mend_something_is_led_back(owner: Client) -> None:
    answer = owner.post(f"{SETTINGS}?next=/console/luna/go-live/", DETAILS)
    assert (answer.status_code, answer.url) == (302, "/console/luna/go-live/")


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "http://[::1", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(owner: Client, elsewhere: str) -> None:
    assert owner.post(f"{SETTINGS}?{urlencode({'next': elsewhere})}", DETAILS).url == SETTINGS


def test_the_form_holds_what_is(owner: Client) -> None:
    page = owner.get(SETTINGS).content.decode()
    for held in ('value="Café Luna"', 'value="Europe/Berlin" selected', 'value="15"', "/luna/"):
        assert held in page


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", "", "required"),
        ("contact_email", "nobody", "invalid"),
        ("contact_email", "", "required"),
        ("address", "x" * 201, "max_length"),
        ("undo_minutes", "", "required"),
        ("undo_minutes", "ten", "invalid"),
        ("undo_minutes", "1.5", "invalid"),
        ("undo_minutes", "-1", "min_value"),
        ("undo_minutes", "241", "max_value"),
        ("undo_minutes", "9" * 30, "max_value"),
        ("time_zone", "Nowhere", "invalid_choice"),
    ],
)
def test_what_is_wrong_is_said_twice_and_nothing_changes(
    owner: Client, world: World, field: str, typed: str, code: str
) -> None:
    answer = owner.post(SETTINGS, DETAILS | {field: typed})
    assert (answer.status_code, refused(answer), has_summary(answer)) == (422, {field: [code]}, True)
    assert texts(answer, "[data-error-summary] li") == texts(answer, f"#id_{field}_error li")
    assert value_of(answer, "address") == (typed if field == "address" else "Pier 1")
    assert (Business.objects.get(slug="luna").name, verbs(world)) == ("Café Luna", [])


LENIENCY = "/console/luna/settings/refunds-and-expiry/"


def test_leniency_is_chosen_with_examples_beside_it(owner: Client, world: World) -> None:
    page = owner.get(LENIENCY).text
    assert "50 go, 100 are owed, and the next 100 earned pay them." in page
    assert re.search(r'value="owed"[^>]* checked', page)
    row = changed(owner, LENIENCY, {"debt_policy": "forgive", "warn_days": "7", "reinstate_days": "0"})
    assert (row.debt_policy, row.warn_days, row.reinstate_days) == ("forgive", 7, 0)
    assert AuditEvent.objects.get(verb="business.changed").data == {
        "fields": ["debt_policy", "reinstate_days", "warn_days"],
        "changes": {"debt_policy": ["owed", "forgive"], "reinstate_days": [30, 0], "warn_days": [14, 7]},
    }


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"debt_policy": "never"}, "Choose what becomes of it."),
        ({"warn_days": "366"}, "Enter a whole number of days from 0 to 365."),
        ({"reinstate_days": ""}, "Enter a whole number of days from 0 to 365."),
    ],
)
def test_leniency_that_makes_no_sense_changes_nothing(
    owner: Client, world: World, typed: dict[str, str], words: str
) -> None:
    page = owner.post(LENIENCY, {"debt_policy": "forgive", "warn_days": "7", "reinstate_days": "0", **typed})
    assert (page.status_code, words in page.text) == (422, True)
    world.business.refresh_from_db()
    assert (world.business.debt_policy, world.business.warn_days, world.business.reinstate_days) == ("owed", 14, 30)


def test_the_look_is_changed_and_a_logo_comes_and_goes(owner: Client, world: World, media: Path) -> None:
    logo = SimpleUploadedFile(*TAKEN["a PNG"])
    row = changed(owner, LOOK, {"colour": "#00ff00", "tagline": "Hi", "logo": logo})
    assert (row.colour, row.tagline, row.logo.name[:6]) == ("#00ff00", "Hi", "logos/")
    assert owner.get(row.logo.url).status_code == 200
    assert changed(owner, LOOK, {"colour": "#00ff01"}).logo.name == row.logo.name
    assert not changed(owner, LOOK, {"colour": "#00ff01", "logo-clear": "on"}).logo
    assert verbs(world) == ["business.changed"] * 3


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_picture_changes_nothing(owner: Client, world: World, media: Path, case: str) -> None:
    answer = owner.post(LOOK, {"colour": "#00ff00", "logo": SimpleUploadedFile(*REFUSED[case])})
    assert (answer.status_code, verbs(world), list(media.rglob("*"))) == (422, [], [])
    assert Business.objects.get(slug="luna").colour == "#7a3e1d"


def test_the_preview_shows_what_is_typed(owner: Client) -> None:
    shown = owner.get(LOOK, {"colour": "#ffee00", "tagline": "Hi"}, headers={"HX-Request": "true"}).content.decode()
    assert ("/theme/ffee00.css" in shown, "Hi" in shown, "<html" in shown) == (True, True, False)
    assert "a darker shade of it is used" in shown


def test_locations_are_added_changed_closed_and_opened_again(owner: Client, world: World) -> None:
    assert owner.post(LOCATIONS, {"name": "Harbour", "address": "Pier 1"}).url == LOCATIONS
    harbour = Location.objects.get(name="Harbour")
    place = {"business": "luna", "location": harbour.public_id}
    owner.post(reverse("loyalty:settings-location", kwargs=place), {"name": "Old harbour"})
    closed = owner.post(reverse("loyalty:settings-location-close", kwargs=place), follow=True).content.decode()
    reopen = reverse("loyalty:settings-location-reopen", kwargs=place)
    assert closed.count(f'action="{reopen}"') == 2  # in the list, and to undo
    owner.post(reopen)
    harbour.refresh_from_db()
    assert (harbour.name, harbour.address, harbour.closed_at) == ("Old harbour", "", None)
    assert verbs(world) == ["location.added", "location.changed", "location.closed", "location.reopened"]


@pytest.mark.parametrize(("name", "code"), [("", "required"), ("Main shop", ""), ("x" * 81, "max_length")])
@pytest.mark.parametrize("new", [True, False])
def test_a_location_needs_a_name_of_its_own(owner: Client, world: World, new: bool, name: str, code: str) -> None:
    row = locations.add(business=world.business, name="Harbour", address="", by=world.at_console(), at=_at(world))
    change = reverse("loyalty:settings-location", kwargs={"business": "luna", "location": row.public_id})
    answer = owner.post(LOCATIONS if new else change, {"name": name})
    assert (answer.status_code, refused(answer), has_summary(answer)) == (422, {"name": [code]}, True)
    assert select(answer, "#id_name_error")
    names = Location.objects.filter(business=world.business).order_by("name").values_list("name", flat=True)
    assert list(names) == ["Harbour", "Main shop"]


def test_a_name_that_another_location_has_is_told_so(owner: Client, world: World) -> None:
    answer = owner.post(LOCATIONS, {"name": "Main shop"})
    words = "Another location has this name, maybe a closed one. Choose another name."
    assert texts(answer, "#id_name_error li") == [words]


def _at(world: World) -> Any:
    return world.business.opened_at


def test_the_last_location_stays_open(owner: Client, world: World) -> None:
    only = Location.objects.get(business=world.business)
    answer = owner.post(
        reverse("loyalty:settings-location-close", kwargs={"business": "luna", "location": only.public_id})
    )
    assert (answer.status_code, "keeps at least one location open" in answer.content.decode()) == (422, True)
    only.refresh_from_db()
    assert only.closed_at is None


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_of_locations_asks_the_same_however_long_it_is(
    owner: Client, world: World, more: int, django_assert_num_queries: Any
) -> None:
    for number in range(more):
        locations.add(business=world.business, name=f"L{number}", address="", by=world.at_console(), at=_at(world))
    with django_assert_num_queries(4):
        owner.get(LOCATIONS)


SOL, HIDE, SHOW = "/console/sol/", "/console/sol/checklist/hide/", "/console/sol/checklist/show/"


def test_the_checklist_is_put_away(client: Client, world: World) -> None:
    client.force_login(world.other_owner)
    assert actions(client.get(SOL)).count(HIDE) == 1
    away = client.post(HIDE, follow=True)
    assert actions(away).count(HIDE) == 0
    assert actions(away).count(SHOW) == 2  # on the page, and to undo


def test_the_checklist_is_brought_back(client: Client, world: World) -> None:
    client.force_login(world.other_owner)
    client.post(HIDE, follow=True)
    back = client.post(SHOW, follow=True)
    assert (actions(back).count(HIDE), actions(back).count(SHOW)) == (1, 0)
