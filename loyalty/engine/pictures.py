"""Uploaded pictures: what is refused at a glance, and how the others are drawn anew."""

import warnings
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import Image, ImageOps

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_AREA = 25_000_000
MOST_SCANS = 30
"""Passes over a whole JPEG: ten are usual, and a small file can hold thousands, each as long as the picture."""

_MAGIC = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"RIFF": "WEBP", b"GIF8": "GIF"}
_SCAN = b"\xff\xda"


class PictureFault(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SLOW = "too_slow"
    BROKEN = "broken"


class PictureRefused(Exception):
    """The file is not taken; `fault` says why."""

    def __init__(self, fault: PictureFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Shape:
    """What a picture becomes: its longest side in pixels, and the format of the file."""

    side: int
    format: str


LOGO = Shape(512, "PNG")
PHOTO = Shape(1200, "WEBP")


def kind_of(content: bytes) -> str:
    """Return the format that the first bytes tell, without decoding anything. Raises PictureRefused."""
    if not content:
        raise PictureRefused(PictureFault.EMPTY)
    kind = next((name for magic, name in _MAGIC.items() if content.startswith(magic)), None)
    if kind is None or (kind == "WEBP" and content[8:12] != b"WEBP"):
        raise PictureRefused(PictureFault.NOT_A_PICTURE)
    if kind == "JPEG" and content.count(_SCAN) > MOST_SCANS:
        raise PictureRefused(PictureFault.TOO_SLOW)
    return kind


def draw(content: bytes, kind: str, shape: Shape) -> bytes:
    """Return a picture of a kind as a new file of a shape, without metadata. Raises PictureRefused.

    Takes at most 25 megapixels (a JPEG: 89), of a GIF the first frame. A picture never becomes larger.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = _drawn(content, kind, shape)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
            raise PictureRefused(PictureFault.TOO_MANY_PIXELS) from None
        # Pillow answers broken files with many errors: OSError, SyntaxError, ValueError, struct.error, zlib.error ...
        except PictureRefused:
            raise
        except Exception as error:
            raise PictureRefused(PictureFault.BROKEN) from error
    return _encoded(picture, shape)


def _drawn(content: bytes, kind: str, shape: Shape) -> Image.Image:
    with Image.open(BytesIO(content), formats=(kind,)) as opened:
        # A JPEG can be read at a fraction of its size; what would fill the memory is refused before a pixel is read.
        opened.draft("RGB", (shape.side * 2, shape.side * 2))
        if opened.width * opened.height > LARGEST_AREA:
            raise PictureRefused(PictureFault.TOO_MANY_PIXELS)
        mode = "RGBA" if opened.has_transparency_data else "RGB"
        picture = opened if opened.mode == mode else opened.convert(mode)
        picture.thumbnail((shape.side, shape.side), Image.Resampling.LANCZOS)
        # Turned once it is small: a second large picture would not fit beside the first.
        return ImageOps.exif_transpose(picture)


def _encoded(picture: Image.Image, shape: Shape) -> bytes:
    picture.info.clear()
    out = BytesIO()
    picture.save(out, shape.format, optimize=True, quality=86)
    return out.getvalue()
