"""Uploaded pictures: proven to be pictures, then drawn anew, so that nothing of the sent file itself is kept."""

import warnings
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from threading import Lock
from typing import BinaryIO
from uuid import uuid4

from django.core.files.base import ContentFile
from PIL import Image, ImageOps

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_AREA = 25_000_000

_MAGIC = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"RIFF": "WEBP", b"GIF8": "GIF"}


_one_at_a_time = Lock()
"""A picture that may come takes 200 MB while it is drawn: a process draws one, whoever else waits."""


class PictureFault(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
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


def redraw(file: BinaryIO, *, size: int, shape: Shape) -> ContentFile[bytes]:
    """Return the picture in a file of `size` bytes as a new file with a random name and without metadata.

    Takes PNG, JPEG, WebP and GIF (its first frame), never more than 5 MB or 25 megapixels (a JPEG: 89); neither the
    name nor the type that the browser sent is looked at. A picture never becomes larger. Raises PictureRefused.
    """
    if size > LARGEST_FILE:
        raise PictureRefused(PictureFault.TOO_LARGE)
    kind = _kind(file)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with _one_at_a_time:
                picture = _draw(file, kind, shape)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise PictureRefused(PictureFault.TOO_MANY_PIXELS) from None
        # Pillow answers broken files with many errors: OSError, SyntaxError, ValueError, struct.error, zlib.error ...
        except PictureRefused:
            raise
        except Exception as error:
            raise PictureRefused(PictureFault.BROKEN) from error
    return ContentFile(_encode(picture, shape), name=f"{uuid4().hex}.{shape.format.lower()}")


def _kind(file: BinaryIO) -> str:
    """Return the format that the first bytes tell."""
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if not head:
        raise PictureRefused(PictureFault.EMPTY)
    kind = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
    if kind is None or (kind == "WEBP" and head[8:12] != b"WEBP"):
        raise PictureRefused(PictureFault.NOT_A_PICTURE)
    return kind


def _draw(file: BinaryIO, kind: str, shape: Shape) -> Image.Image:
    with Image.open(file, formats=(kind,)) as opened:
        # A JPEG can be read at a fraction of its size; what would fill the memory is refused before a pixel is read.
        opened.draft("RGB", (shape.side * 2, shape.side * 2))
        if opened.width * opened.height > LARGEST_AREA:
            raise PictureRefused(PictureFault.TOO_MANY_PIXELS)
        ImageOps.exif_transpose(opened, in_place=True)
        mode = "RGBA" if opened.has_transparency_data else "RGB"
        picture = opened.copy() if opened.mode == mode else opened.convert(mode)
    picture.thumbnail((shape.side, shape.side), Image.Resampling.LANCZOS)
    return picture


def _encode(picture: Image.Image, shape: Shape) -> bytes:
    picture.info.clear()
    out = BytesIO()
    picture.save(out, shape.format, optimize=True, quality=86)
    return out.getvalue()
