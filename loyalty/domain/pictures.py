"""Uploaded pictures: proven to be pictures, then drawn anew, so that nothing of the sent file itself is kept.

What decodes a foreign picture is a process of its own, which is given little memory, little time and no secrets.
"""

import json
import subprocess
from dataclasses import asdict
from threading import Lock
from typing import BinaryIO
from uuid import uuid4

from django.core.files.base import ContentFile

from loyalty.domain import children
from loyalty.engine.bounded import Bounds
from loyalty.engine.pictures import LARGEST_FILE, PictureFault, PictureRefused, Shape, kind_of

MEGABYTE = 1024 * 1024
BOUNDS = Bounds(memory=512 * MEGABYTE, cpu=8, most_cpu=8, wall=20, file=0, nice=0)
"""The largest WebP that is taken needs 430 MB, the largest JPEG 1.4 seconds. Somebody waits: it is not less urgent."""

WAIT = 10
"""Seconds that a request waits for its turn."""

_one_at_a_time = Lock()
"""However many pictures come, a web process has one drawn at a time."""


def redraw(file: BinaryIO, *, size: int, shape: Shape) -> ContentFile[bytes]:
    """Return the picture in a file of `size` bytes as a new file with a random name and without metadata.

    Takes PNG, JPEG, WebP and GIF (its first frame), never more than 5 MB or 25 megapixels (a JPEG: 89); neither the
    name nor the type that the browser sent is looked at. A picture never becomes larger. Raises PictureRefused.
    """
    if size > LARGEST_FILE:
        raise PictureRefused(PictureFault.TOO_LARGE)
    file.seek(0)
    content = file.read(LARGEST_FILE + 1)
    drawn = in_child(content, kind_of(content), shape)
    return ContentFile(drawn, name=f"{uuid4().hex}.{shape.format.lower()}")


def in_child(content: bytes, kind: str, shape: Shape, bounds: Bounds = BOUNDS) -> bytes:
    """Have a picture drawn within bounds; return the new file. Raises PictureRefused.

    What takes too long, or comes while others have their turn, is TOO_SLOW; what breaks the reader is BROKEN.
    """
    order = json.dumps({"kind": kind, "shape": asdict(shape), "bounds": asdict(bounds)}).encode()
    if not _one_at_a_time.acquire(timeout=WAIT):
        raise PictureRefused(PictureFault.TOO_SLOW)
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and the picture goes to its input
            children.command("loyalty.engine.pictures_child"), input=order + b"\n" + content, capture_output=True,
            timeout=bounds.wall, check=False, **children.surroundings(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise PictureRefused(PictureFault.TOO_SLOW) from None
    finally:
        _one_at_a_time.release()
    return _answer(done)


def _answer(done: subprocess.CompletedProcess[bytes]) -> bytes:
    if children.ran_out_of_time(done.returncode):
        raise PictureRefused(PictureFault.TOO_SLOW)
    said, _line, drawn = done.stdout.partition(b"\n")
    if done.returncode or not said:
        raise PictureRefused(PictureFault.BROKEN)
    if fault := json.loads(said)["refused"]:
        raise PictureRefused(PictureFault(fault))
    return drawn
