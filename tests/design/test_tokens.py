"""The colours of the design system are readable on each other: WCAG 2.2 AA, measured."""

import re

import pytest

from loyalty.engine import colours
from loyalty.engine.colours import contrast
from tests.laws.tree import ROOT

CSS = ROOT / "static" / "css"
SHEET = (CSS / "tokens.css").read_text()
BLOCKS = re.findall(r"(:root[^{]*)\{([^}]*)\}", SHEET)
GROUNDS = ("paper", "surface", "sunken")
TONES = ("good", "warn", "bad", "info")


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block))


LIGHT = tokens(BLOCKS[0][1])
DARK = {**LIGHT, **tokens(BLOCKS[2][1])}


def test_the_dark_values_are_the_same_for_the_system_and_for_the_visitors_choice():
    assert [selector.strip() for selector, _ in BLOCKS] == [
        ":root",
        ':root:not([data-theme="light"])',
        ':root[data-theme="dark"]',
    ]
    assert tokens(BLOCKS[1][1]) == tokens(BLOCKS[2][1])


def test_every_colour_has_a_dark_value():
    colourful = {name for name, value in LIGHT.items() if value.startswith(("#", "rgb")) or name.startswith("shadow")}
    assert set(tokens(BLOCKS[2][1])) == colourful


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_ground(theme):
    pairs = [(text, ground) for text in ("text", "muted", "brand-ink", "accent-ink", *TONES) for ground in GROUNDS]
    pairs += [(tone, f"{tone}-soft") for tone in TONES] + [("text", f"{tone}-soft") for tone in TONES]
    pairs += [("brand-ink", "brand-soft"), ("text", "brand-soft"), ("accent-ink", "accent-soft")]
    pairs += [("on-brand", "brand"), ("on-brand", "brand-hover"), ("on-graphic", "brand-graphic")]
    pairs += [("on-brand-area", "brand-area")]
    poor = {(text, ground): round(contrast(theme[text], theme[ground]), 2) for text, ground in pairs}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_controls_the_focus_ring_and_graphics_stand_out(theme):
    pairs = [(edge, ground) for edge in ("line-strong", "focus", "brand-graphic") for ground in GROUNDS]
    poor = {(edge, ground): round(contrast(theme[edge], theme[ground]), 2) for edge, ground in pairs}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 3} == {}


def test_a_poor_pair_is_noticed():
    assert contrast("#999999", LIGHT["paper"]) < 4.5


def test_a_business_palette_is_measured_on_the_grounds_where_contrast_is_least():
    assert min((LIGHT[ground] for ground in GROUNDS), key=lambda g: contrast(g, "#000000")) == colours.LIGHT_GROUND
    assert min((DARK[ground] for ground in GROUNDS), key=lambda g: contrast(g, "#ffffff")) == colours.DARK_GROUND


def test_no_component_names_a_token_that_does_not_exist():
    known = set(LIGHT) | {"across", "notch", "cut"}
    used = {
        (sheet.name, name)
        for sheet in CSS.rglob("*.css")
        if sheet.name != "admin.css"
        for name in re.findall(r"var\(--([a-z0-9-]+)", sheet.read_text())
    }
    assert {(sheet, name) for sheet, name in used if name not in known and not name.startswith("pico-")} == set()
