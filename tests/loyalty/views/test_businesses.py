from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from loyalty.engine.colours import theme_stylesheet
from loyalty.models import AuditEvent, Business, StaffRole
from tests.pictures import REFUSED, TAKEN
from tests.world import make_user, make_world

pytestmark = pytest.mark.django_db
NEW = "/businesses/new/"
ANSWERS = {
    "name": "Cà phê Đà Nẵng", "slug": "", "tagline": "Phin and cake", "called": "Bo", "country": "VN",
    "currency": "VND", "time_zone": "Asia/Saigon", "language": "vi", "colour": "#7A3E1D",
}  # fmt: skip


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def ann(client: Client) -> Client:
    """The browser of somebody who is signed in and has nothing yet."""
    client.force_login(make_user("ann"))
    return client


def send(client: Client, **changes: Any) -> Any:
    return client.post(NEW, ANSWERS | changes)


def upload(case: tuple[str, bytes, str]) -> SimpleUploadedFile:
    name, content, kind = case
    return SimpleUploadedFile(name, content, kind)


def test_a_business_opens_and_the_owner_goes_on_to_the_program(ann: Client, media: Path) -> None:
    answer = send(ann, logo=upload(TAKEN["a JPEG"]))
    business = Business.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/console/{business.slug}/setup/")
    assert (business.slug, business.name, business.currency) == ("ca-phe-da-nang", "Cà phê Đà Nẵng", "VND")
    assert (business.time_zone, business.language, business.colour) == ("Asia/Ho_Chi_Minh", "vi", "#7a3e1d")
    assert StaffRole.objects.get().display_name == "Bo"
    assert Image.open(BytesIO((media / business.logo.name).read_bytes())).format == "PNG"


def test_what_is_typed_comes_together_in_one_line(ann: Client) -> None:
    send(ann, name="  Bar \r\n\t Bo  ")
    assert Business.objects.get().name == "Bar Bo"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter the name of the business."),
        ("name", "x" * 81, "Use at most 80 letters for the name."),
        ("name", "a\0b", "Null characters are not allowed."),
        ("slug", "Ünïcode!", "Use small letters a-z, digits and single hyphens."),
        ("slug", "a--b", "Use small letters a-z, digits and single hyphens."),
        ("slug", "x" * 41, "Use at most 40 letters for the address."),
        ("slug", "console", "This address belongs to a page of this site. Choose another one."),
        ("slug", "LUNA", "Another business has this address. Choose another one."),
        ("tagline", "x" * 141, "Use at most 140 letters for the line."),
        ("called", "  ", "Enter your name."),
        ("country", "XX", "Choose one of the countries."),
        ("country", "", "Choose the country."),
        ("currency", "DEM", "Choose one of the currencies."),
        ("currency", "", "Choose the currency."),
        ("time_zone", "Mars/Base", "Choose one of the time zones."),
        ("time_zone", "../../etc/passwd", "Choose one of the time zones."),
        ("time_zone", "", "Choose the time zone."),
        ("language", "tlh", "Choose one of the languages."),
        ("colour", "red", "Use a colour like #8a4b2a."),
        ("colour", "#12345g", "Use a colour like #8a4b2a."),
        ("colour", "", "Choose a colour."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_opens(client: Client, field: str, typed: str, words: str) -> None:
    world = make_world()
    client.force_login(world.stranger)
    answer = send(client, **{field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(words) == 2  # in the summary and beside the field
    assert "Phin and cake" in page or field == "tagline"
    assert Business.objects.count() == 2


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_picture_opens_nothing(ann: Client, media: Path, case: str) -> None:
    answer = send(ann, logo=upload(REFUSED[case]))
    assert (answer.status_code, Business.objects.count(), AuditEvent.objects.count()) == (422, 0, 0)
    assert 'id="id_logo_error"' in answer.content.decode()
    assert list(media.rglob("*")) == []


@pytest.mark.parametrize("case", TAKEN)
def test_a_picture_is_kept_as_a_new_file_with_a_name_of_our_own(ann: Client, media: Path, case: str) -> None:
    assert send(ann, logo=upload(TAKEN[case])).status_code == 302
    files = [path for path in media.rglob("*") if path.is_file()]
    assert [path.parent for path in files] == [media / "logos"]
    assert (len(files[0].stem), files[0].suffix) == (32, ".png")


def test_a_form_sent_twice_opens_one_business(ann: Client) -> None:
    first, second = send(ann), send(ann)
    assert (first.url, Business.objects.count()) == (second.url, 1)


def test_two_shops_of_one_name_get_two_addresses(ann: Client) -> None:
    send(ann, name="Bar")
    other = Client()
    other.force_login(make_user("bob"))
    send(other, name="Bar")
    assert sorted(Business.objects.values_list("slug", flat=True)) == ["bar", "bar-2"]


def part(client: Client, target: str, **typed: str) -> str:
    answer = client.get(NEW, typed, headers={"HX-Request": "true", "HX-Target": target})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_address_follows_the_name_until_somebody_types_one(client: Client) -> None:
    world = make_world()
    client.force_login(world.stranger)
    follows = part(client, "address", name="Luna", slug="", proposed="")
    assert ('value="luna-2"' in follows, "luna-2 is free." in follows) == (True, True)
    assert 'value="moon"' in part(client, "address", name="Moon", slug="luna-2", proposed="luna-2")
    assert 'value="mine"' in part(client, "address", name="Moon", slug="mine", proposed="luna-2")


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("moon", "moon is free."),
        ("luna", "Another business has this address."),
        ("console", "This address belongs to a page of this site."),
        ("a b", "Use small letters"),
        ("", ""),
    ],
)
def test_an_address_is_checked_while_it_is_typed(client: Client, slug: str, words: str) -> None:
    world = make_world()
    client.force_login(world.stranger)
    assert words in part(client, "address-answer", slug=slug)


def test_the_clock_tells_the_place(ann: Client) -> None:
    place = part(ann, "place", zone="Asia/Saigon")
    for choice in ('value="VN" selected', 'value="VND" selected', 'value="Asia/Ho_Chi_Minh" selected'):
        assert choice in place


def test_without_a_script_the_language_tells_the_place(ann: Client) -> None:
    page = ann.get(NEW, headers={"Accept-Language": "hu,en;q=0.5"}).content.decode()
    for choice in ('value="HU" selected', 'value="HUF" selected', 'value="Europe/Budapest" selected'):
        assert choice in page


@pytest.mark.parametrize("colour", ["#ff0000", "nonsense", "#<script>", ""])
def test_the_preview_takes_colours_only(ann: Client, colour: str) -> None:
    shown = part(ann, "look", colour=colour, name="<b>Bo</b>", tagline="Hi")
    wanted = "ff0000" if colour == "#ff0000" else "7a3e1d"
    assert (f"/theme/{wanted}.css" in shown, "<b>Bo</b>" in shown) == (True, False)


def test_the_theme_of_a_business_is_kept_by_browsers_until_it_changes(client: Client) -> None:
    make_world()
    answer = client.get("/luna/theme.css")
    assert answer.content.decode() == theme_stylesheet("#7a3e1d")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/css; charset=utf-8", "public, max-age=86400")
    again = client.get("/luna/theme.css", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Business.objects.filter(slug="luna").update(colour="#00ff00")
    assert client.get("/luna/theme.css", headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_a_closed_business_has_no_theme(client: Client, django_assert_num_queries: Any) -> None:
    world = make_world()
    with django_assert_num_queries(1):
        client.get("/luna/theme.css")
    Business.objects.filter(slug="luna").update(closed_at=world.business.opened_at)
    assert client.get("/luna/theme.css").status_code == 404


def test_any_colour_has_a_sheet_for_previews(client: Client) -> None:
    text = client.get(reverse("loyalty:colour", kwargs={"colour": "ffee00"})).content.decode()
    assert text.startswith(":root .look{--brand:#ffee00;--on-brand:#14110e")
    assert client.get("/theme/red.css").status_code == 404
    assert client.get("/theme/FFEE00.css").status_code == 404


def test_opening_asks_for_a_log_in(client: Client) -> None:
    assert send(client).url == f"{reverse('account_login')}?next={NEW}"
    assert Business.objects.count() == 0
