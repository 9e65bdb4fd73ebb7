"""The icon under which a business stands on a phone's home screen: its logo, or its first letter in its own colour."""

from collections.abc import Sequence
from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

SIZES = (180, 192, 512)
# A phone may cut the icon to a circle: what matters stays within this share of the middle.
SAFE = 0.62
PETALS = 9


def draw(size: int, *, name: str, ground: str, ink: str, fonts: Sequence[str], logo: bytes = b"") -> bytes:
    """Return a square PNG of so many pixels. ground and ink are #rrggbb; fonts are tried in turn for the letter."""
    icon = Image.new("RGB", (size, size), "#ffffff" if logo else ground)
    if logo:
        _paste(icon, logo)
    elif not _letter(icon, name.strip()[:1].upper(), ink, fonts):
        _flower(icon, ink)
    written = BytesIO()
    icon.save(written, "PNG", optimize=True)
    return written.getvalue()


def _paste(icon: Image.Image, logo: bytes) -> None:
    picture = Image.open(BytesIO(logo)).convert("RGBA")
    picture.thumbnail((round(icon.width * SAFE),) * 2, Image.Resampling.LANCZOS)
    place = ((icon.width - picture.width) // 2, (icon.height - picture.height) // 2)
    icon.paste(picture, place, picture)


def _letter(icon: Image.Image, letter: str, ink: str, fonts: Sequence[str]) -> bool:
    """Write the letter in the first font that has it; return False when none has."""
    for path in fonts if letter else ():
        font = ImageFont.truetype(path, round(icon.width * SAFE))
        if _shape(font, letter) != _shape(font, "\uffff"):
            font.set_variation_by_axes([760])
            middle = (icon.width / 2, icon.height / 2)
            ImageDraw.Draw(icon).text(middle, letter, fill=ink, font=font, anchor="mm")
            return True
    return False


def _shape(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    """Return how a letter looks: all that a font lacks look alike."""
    paper = Image.new("L", (round(font.size),) * 2)
    ImageDraw.Draw(paper).text((0, 0), letter, fill=255, font=font)
    return paper.tobytes()


def _flower(icon: Image.Image, ink: str) -> None:
    """Draw the scalloped seal of the product, where no font has the letter."""
    large = Image.new("L", (icon.width * 4,) * 2)
    middle, reach = large.width / 2, large.width * SAFE / 2
    points = []
    for degree in range(360):
        angle = degree * pi / 180
        radius = reach * (0.93 + 0.07 * cos(PETALS * angle))
        points.append((middle + radius * sin(angle), middle - radius * cos(angle)))
    ImageDraw.Draw(large).polygon(points, fill=255)
    icon.paste(ink, mask=large.resize(icon.size, Image.Resampling.LANCZOS))
