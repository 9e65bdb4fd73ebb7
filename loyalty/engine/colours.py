"""From one colour of a business to the readable set that its pages are drawn with (WCAG 2.2 AA), light and dark."""

from dataclasses import dataclass

LIGHT_GROUND, DARK_GROUND = "#f3ede3", "#211d1a"
WHITE, NIGHT = "#ffffff", "#14110e"
TEXT_CONTRAST, GRAPHIC_CONTRAST, AREA_CONTRAST = 4.5, 3.0, 1.25


@dataclass(frozen=True, slots=True)
class Palette:
    """The brand tokens of static/css/tokens.css, each as #rrggbb."""

    brand: str
    on_brand: str
    brand_hover: str
    brand_ink: str
    brand_graphic: str
    on_graphic: str
    brand_soft: str
    brand_area: str
    on_brand_area: str


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio of two #rrggbb colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def light_palette(colour: str) -> Palette:
    """Return the palette on light ground; a fill keeps `colour` (#rrggbb) itself."""
    soft = _mix(colour, WHITE, 0.9)
    graphic = _until(colour, "#000000", GRAPHIC_CONTRAST, LIGHT_GROUND)
    ink = _until(colour, "#000000", TEXT_CONTRAST, LIGHT_GROUND, soft)
    return _palette(colour, ink=ink, graphic=graphic, soft=soft, area=colour)


def dark_palette(colour: str) -> Palette:
    """Return the palette on dark ground; a fill too dark to be seen there is made lighter."""
    soft = _mix(colour, DARK_GROUND, 0.8)
    graphic = _until(colour, WHITE, GRAPHIC_CONTRAST, DARK_GROUND)
    ink = _until(colour, WHITE, TEXT_CONTRAST, DARK_GROUND, soft)
    area = _until(_mix(colour, "#000000", 0.1), WHITE, AREA_CONTRAST, DARK_GROUND)
    return _palette(graphic, ink=ink, graphic=graphic, soft=soft, area=area)


def theme_stylesheet(colour: str, *, within: str = "") -> str:
    """Return the style sheet that draws a page in a business's colour (#rrggbb) instead of the product's own.

    within is a selector, such as ".look", for the part of a page that alone is drawn so.
    """
    light, dark = _declarations(light_palette(colour)), _declarations(dark_palette(colour))
    part = f" {within}" if within else ""
    return (
        f":root{part}{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){part}{{{dark}}}}}\n"
        f":root[data-theme=dark]{part}{{{dark}}}\n"
    )


def _palette(fill: str, *, ink: str, graphic: str, soft: str, area: str) -> Palette:
    over = _readable_on(fill)
    hover = _mix(fill, "#000000" if over == WHITE else WHITE, 0.12)
    return Palette(fill, over, hover, ink, graphic, _readable_on(graphic), soft, area, _readable_on(area))


def _readable_on(fill: str) -> str:
    return next((colour for colour in (WHITE, NIGHT) if contrast(colour, fill) >= TEXT_CONTRAST), "#000000")


def _declarations(palette: Palette) -> str:
    names = Palette.__dataclass_fields__
    return ";".join(f"--{name.replace('_', '-')}:{getattr(palette, name)}" for name in names)


def _until(colour: str, towards: str, ratio: float, *grounds: str) -> str:
    """Return `colour` moved towards black or white just far enough to have the ratio on every ground."""
    steps = (_mix(colour, towards, step / 50) for step in range(51))
    return next(mixed for mixed in steps if all(contrast(mixed, ground) >= ratio for ground in grounds))


def _mix(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
