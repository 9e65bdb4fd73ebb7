from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from loyalty.engine.colours import theme_stylesheet
from loyalty.models import AuditEvent, Business, StaffRole
from tests.pages import has_summary, refused, select, texts, value_of
from tests.pictures import REFUSED, TAKEN
from tests.world import World, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
NEW = "/businesses/new/"
ANSWERS = {
    "name": "Cà phê Đà Nẵng", "slug": "", "tagline": "Phin and cake", "called": "Bo", "country": "VN",
    "currency": "VND", "time_zone": "Asia/Saigon", "language": "vi", "colour": "#7A3E1D",
    "contact_email": "phin@example.com",
}  # fmt: skip


@pytest.fixture
def ann(client: Client, world: World) -> Client:
    """The browser of somebody who is signed in and has nothing yet."""
    client.force_login(make_user("ann"))
    return client


def opened() -> QuerySet[Business]:
    """Return the businesses that there are besides those of the world."""
    return Business.objects.exclude(slug__in=["luna", "sol"])


def send(client: Client, **changes: Any) -> Any:
    return client.post(NEW, ANSWERS | changes)


def upload(case: tuple[str, bytes, str]) -> SimpleUploadedFile:
    name, content, kind = case
    return SimpleUploadedFile(name, content, kind)


def test_a_business_opens_and_the_owner_goes_on_to_the_program(ann: Client, media: Path) -> None:
    answer = send(ann, logo=upload(TAKEN["a JPEG"]))
    business = opened().get()
    assert (answer.status_code, answer.url) == (302, f"/console/{business.slug}/setup/")
    assert (business.slug, business.name, business.currency) == ("ca-phe-da-nang", "Cà phê Đà Nẵng", "VND")
    assert (business.time_zone, business.language, business.colour) == ("Asia/Ho_Chi_Minh", "vi", "#7a3e1d")
    assert StaffRole.objects.get(business=business).display_name == "Bo"
    assert Image.open(BytesIO((media / business.logo.name).read_bytes())).format == "PNG"


def test_customers_write_to_the_address_of_the_log_in_unless_another_is_given(ann: Client) -> None:
    assert value_of(ann.get(NEW), "contact_email") == "ann@example.com"
    send(ann)
    assert opened().get().contact_email == "phin@example.com"


def test_what_is_typed_comes_together_in_one_line(ann: Client) -> None:
    send(ann, name="  Bar \r\n\t Bo  ")
    assert opened().get().name == "Bar Bo"


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", "", "required"),
        ("name", "x" * 81, "max_length"),
        ("name", "a\0b", "null_characters_not_allowed"),
        ("slug", "Ünïcode!", "invalid"),
        ("slug", "a--b", "invalid"),
        ("slug", "x" * 41, "max_length"),
        ("slug", "console", ""),
        ("slug", "LUNA", ""),
        ("tagline", "x" * 141, "max_length"),
        ("called", "  ", "required"),
        ("country", "XX", "invalid_choice"),
        ("country", "", "required"),
        ("currency", "DEM", "invalid_choice"),
        ("currency", "", "required"),
        ("time_zone", "Mars/Base", "invalid_choice"),
        ("time_zone", "../../etc/passwd", "invalid_choice"),
        ("time_zone", "", "required"),
        ("language", "tlh", "invalid_choice"),
        ("colour", "red", "invalid"),
        ("colour", "#12345g", "invalid"),
        ("colour", "", "required"),
    ],
)
def test_what_is_wrong_is_said_twice_and_nothing_opens(ann: Client, field: str, typed: str, code: str) -> None:
    answer = send(ann, **{field: typed})
    assert (answer.status_code, refused(answer), has_summary(answer)) == (422, {field: [code]}, True)
    assert texts(answer, "[data-error-summary] li") == texts(answer, f"#id_{field}_error li")
    assert value_of(answer, "tagline") == "Phin and cake" or field == "tagline"
    assert not opened().exists()


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_picture_opens_nothing(ann: Client, media: Path, case: str) -> None:
    before = AuditEvent.objects.count()
    answer = send(ann, logo=upload(REFUSED[case]))
    assert (answer.status_code, opened().exists(), AuditEvent.objects.count()) == (422, False, before)
    assert select(answer, "#id_logo_error")
    assert list(media.rglob("*")) == []


@pytest.mark.parametrize("case", TAKEN)
def test_a_picture_is_kept_as_a_new_file_with_a_name_of_our_own(ann: Client, media: Path, case: str) -> None:
    assert send(ann, logo=upload(TAKEN[case])).status_code == 302
    files = [path for path in media.rglob("*") if path.is_file()]
    assert [path.parent for path in files] == [media / "logos"]
    assert (len(files[0].stem), files[0].suffix) == (32, ".png")


def test_a_form_sent_twice_opens_one_business(ann: Client) -> None:
    first, second = send(ann), send(ann)
    assert (first.url, opened().count()) == (second.url, 1)


def test_two_shops_of_one_name_get_two_addresses(ann: Client) -> None:
    send(ann, name="Bar")
    other = Client()
    other.force_login(make_user("bob"))
    send(other, name="Bar")
    assert sorted(opened().values_list("slug", flat=True)) == ["bar", "bar-2"]


def part(client: Client, target: str, **typed: str) -> HttpResponse:
    answer = client.get(NEW, typed, headers={"HX-Request": "true", "HX-Target": target})
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ({"name": "Luna", "slug": "", "proposed": ""}, "luna-2"),
        ({"name": "Moon", "slug": "luna-2", "proposed": "luna-2"}, "moon"),
        ({"name": "Moon", "slug": "mine", "proposed": "luna-2"}, "mine"),
    ],
)
def test_the_address_follows_the_name_until_somebody_types_one(ann: Client, typed: dict[str, str], slug: str) -> None:
    shown = part(ann, "address", **typed)
    assert (value_of(shown, "slug"), len(select(shown, "#address-answer .good"))) == (slug, 1)


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("moon", ["moon is free."]),
        ("luna", ["Another business has this address. Choose another one."]),
        ("console", ["This address belongs to a page of this site. Choose another one."]),
        ("a b", ["Use small letters a-z, digits and single hyphens."]),
        ("", [""]),
    ],
)
def test_an_address_is_checked_while_it_is_typed(ann: Client, slug: str, words: list[str]) -> None:
    assert texts(part(ann, "address-answer", slug=slug), "#address-answer") == words


def chosen(page: HttpResponse) -> list[str]:
    return [option["value"] for option in select(page, "#place option[selected]")]


def test_the_clock_tells_the_place(ann: Client) -> None:
    assert chosen(part(ann, "place", zone="Asia/Saigon"))[:3] == ["VN", "VND", "Asia/Ho_Chi_Minh"]


def test_without_a_script_the_language_tells_the_place(ann: Client) -> None:
    page = ann.get(NEW, headers={"Accept-Language": "hu,en;q=0.5"})
    assert chosen(page)[:3] == ["HU", "HUF", "Europe/Budapest"]


@pytest.mark.parametrize("colour", ["#ff0000", "nonsense", "#<script>", ""])
def test_the_preview_takes_colours_only(ann: Client, colour: str) -> None:
    shown = part(ann, "look", colour=colour, name="<b>Bo</b>", tagline="Hi")
    wanted = "ff0000" if colour == "#ff0000" else "7a3e1d"
    assert [link["href"] for link in select(shown, "#look link")] == [f"/theme/{wanted}.css"]
    assert "<b>Bo</b>" not in shown.text


def test_the_theme_of_a_business_is_kept_by_browsers_until_it_changes(client: Client, world: World) -> None:
    answer = client.get("/luna/theme.css")
    assert answer.content.decode() == theme_stylesheet("#7a3e1d")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/css; charset=utf-8", "public, max-age=86400")
    again = client.get("/luna/theme.css", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Business.objects.filter(slug="luna").update(colour="#00ff00")
    assert client.get("/luna/theme.css", headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_a_theme_costs_one_query(client: Client, world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get("/luna/theme.css")


def test_a_closed_business_has_no_theme(client: Client, world: World) -> None:
    Business.objects.filter(slug="luna").update(closed_at=world.business.opened_at)
    assert client.get("/luna/theme.css").status_code == 404


def test_any_colour_has_a_sheet_for_previews(client: Client, world: World) -> None:
    text = client.get(reverse("loyalty:colour", kwargs={"colour": "ffee00"})).content.decode()
    assert text.startswith(":root .look{--brand:#ffee00;--on-brand:#14110e")


@pytest.mark.parametrize("colour", ["red", "FFEE00"])
def test_what_is_no_colour_has_no_sheet(client: Client, world: World, colour: str) -> None:
    assert client.get(f"/theme/{colour}.css").status_code == 404


def test_opening_asks_for_a_log_in(client: Client, world: World) -> None:
    assert send(client).url == f"{reverse('account_login')}?next={NEW}"
    assert not opened().exists()
