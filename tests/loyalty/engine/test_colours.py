from itertools import product

import pytest

from loyalty.engine.colours import (
    DARK_GROUND,
    LIGHT_GROUND,
    Palette,
    contrast,
    dark_palette,
    light_palette,
    theme_stylesheet,
)

EVERY_KIND_OF_COLOUR = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(range(0, 256, 51), repeat=3)]


def test_contrast_is_the_ratio_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ff0000", "#ff0000") == 1.0


@pytest.mark.parametrize(("palette", "ground"), [(light_palette, LIGHT_GROUND), (dark_palette, DARK_GROUND)])
def test_every_colour_a_business_may_choose_stays_readable(palette, ground):
    for colour in EVERY_KIND_OF_COLOUR:
        tokens: Palette = palette(colour)
        for text, behind in [
            (tokens.on_brand, tokens.brand),
            (tokens.on_brand, tokens.brand_hover),
            (tokens.on_graphic, tokens.brand_graphic),
            (tokens.on_brand_area, tokens.brand_area),
            (tokens.brand_ink, ground),
            (tokens.brand_ink, tokens.brand_soft),
        ]:
            assert contrast(text, behind) >= 4.5, (colour, text, behind)
        assert contrast(tokens.brand_graphic, ground) >= 3, colour


def test_a_readable_colour_is_kept_as_it_is():
    assert light_palette("#1f5a4b").brand == light_palette("#1f5a4b").brand_ink == "#1f5a4b"


def test_style_sheet_sets_the_tokens_for_light_for_dark_and_for_the_choice_of_dark():
    sheet = theme_stylesheet("#b4532a")
    assert sheet.startswith(":root{--brand:#b4532a;--on-brand:#ffffff;--brand-hover:#9e4925;--brand-ink:#ad5028;")
    assert sheet.count("--brand:") == 3
    assert "@media (prefers-color-scheme:dark){:root:not([data-theme=light]){" in sheet
    assert ":root[data-theme=dark]{" in sheet
