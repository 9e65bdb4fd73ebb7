from pathlib import Path
from typing import Any

import pytest
import segno
from django.core.files.base import ContentFile
from django.test import Client

from loyalty.domain import businesses
from loyalty.queries.explain import rules_in_words
from loyalty.queries.program import live_program
from tests.world import NOW, World, make_user, open_shop

pytestmark = pytest.mark.django_db
PRINT = "/console/luna/print/"
SHEETS = ("poster/", "table-tent/", "crib/")


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.BASE_URL = "https://club.example"


def code(text: str) -> str:
    """Return the drawing of a QR code, as the sheets hold it."""
    drawn = segno.make_qr(text, error="q").svg_inline(scale=4, border=2, omitsize=True, svgclass=None, lineclass=None)
    return str(drawn[drawn.index(' d="') : drawn.rindex('"/>')])


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_leads_to_the_page_to_join(owner: Client, sheet: str) -> None:
    page = owner.get(PRINT + sheet).text
    assert ("https://club.example/luna/" in page, code("https://club.example/luna/") in page) == (True, True)


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_bears_name_and_colour_and_is_printed_on_white(owner: Client, sheet: str) -> None:
    page = owner.get(PRINT + sheet).text
    assert ("Café Luna" in page, "/luna/theme.css?7a3e1d" in page, 'data-theme="light"' in page) == (True, True, True)


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_says_how_points_are_earned(owner: Client, world: World, sheet: str) -> None:
    assert rules_in_words(live_program(world.business), "en")[0] in owner.get(PRINT + sheet).text


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_has_the_logo(owner: Client, world: World, media: Path, sheet: str) -> None:
    row = businesses.change_details(
        business=world.business, changes={"logo": ContentFile(b"x", name="a.png")}, by=world.at_console(), at=NOW
    )
    assert f'class="print-logo" src="{row.logo.url}"' in owner.get(PRINT + sheet).content.decode()


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize(
    ("asked", "spoken"), [("?language=vi", "vi"), ("", "en"), ("?language=tlh", "en"), ("?language=../x", "en")]
)
def test_a_sheet_speaks_the_language_chosen_for_it(owner: Client, sheet: str, asked: str, spoken: str) -> None:
    page = owner.get(PRINT + sheet + asked).content.decode()
    assert (f'<html lang="{spoken}"' in page, f'lang="{spoken}">' in page) == (True, True)


def test_the_chooser_passes_the_language_on(owner: Client) -> None:
    page = owner.get(PRINT, {"language": "hu"}).content.decode()
    for sheet in SHEETS:
        assert f'href="{PRINT}{sheet}?language=hu"' in page
    assert '<option value="hu" selected>' in page


@pytest.mark.parametrize("sheet", SHEETS)
def test_before_there_is_a_program_a_sheet_is_whole(client: Client, world: World, sheet: str) -> None:
    ann = make_user("ann")
    open_shop(ann, "Bar", "bar")
    client.force_login(ann)
    assert client.get(f"/console/bar/print/{sheet}").status_code == 200


def test_a_cashier_prints_the_crib_and_goes_back_to_their_place(client: Client, world: World) -> None:
    client.force_login(world.cashier)
    assert 'href="/console/luna/me/"' in client.get(PRINT + "crib/").content.decode()
