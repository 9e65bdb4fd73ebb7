"""The icon of a business: a letter that some font has, else the seal, or its logo."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from loyalty.engine.app_icon import draw
from tests.laws.tree import ROOT

FONTS = sorted(str(path) for path in (ROOT / "static/vendor/wix-madefor-display").glob("*.woff2"))


def drawn(name: str, logo: bytes = b"", size: int = 192) -> Image.Image:
    icon = draw(size, name=name, ground="#7a3e1d", ink="#ffffff", fonts=FONTS, logo=logo)
    return Image.open(BytesIO(icon)).convert("RGB")


def colours(icon: Image.Image) -> set[tuple[int, ...]]:
    return {colour for _, colour in icon.getcolors(100_000)}


@pytest.mark.parametrize("name", ["Café Luna", "Žaklin", "Кафе", "đào", "咖啡", "", "  "])
def test_every_name_gets_an_icon_in_its_colours(name: str) -> None:
    icon = drawn(name)
    assert icon.size == (192, 192)
    assert {(0x7A, 0x3E, 0x1D), (255, 255, 255)} <= colours(icon)
    assert icon.getpixel((4, 4)) == (0x7A, 0x3E, 0x1D)


def test_different_letters_look_different_and_unknown_ones_alike() -> None:
    assert drawn("Luna").tobytes() != drawn("Sol").tobytes()
    assert drawn("咖啡").tobytes() == drawn("茶").tobytes()


def test_a_logo_stands_on_white_within_what_phones_cut_off() -> None:
    written = BytesIO()
    Image.new("RGBA", (400, 200), "#0000ff").save(written, "PNG")
    icon = drawn("Luna", written.getvalue())
    assert icon.getpixel((96, 96)) == (0, 0, 255)
    assert icon.getpixel((20, 96)) == (255, 255, 255)


@pytest.mark.parametrize("path", FONTS)
def test_the_fonts_are_there(path: str) -> None:
    assert Path(path).exists()
