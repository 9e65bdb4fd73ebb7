"""What is a picture is drawn anew without anything of the file; what is none, or would explode, is refused."""

from io import BytesIO

import pytest
from PIL import Image

from loyalty.engine import pictures
from loyalty.engine.pictures import LOGO, PHOTO, PictureFault, PictureRefused
from tests.pictures import HTML, REFUSED, TAKEN, picture, with_metadata, with_text

FAULTS = {
    "nothing": PictureFault.EMPTY,
    "a pixel bomb": PictureFault.TOO_MANY_PIXELS,
    "a smaller pixel bomb": PictureFault.TOO_MANY_PIXELS,
    "a picture of many scans": PictureFault.TOO_SLOW,
    "a text bomb": PictureFault.BROKEN,
    "half a picture": PictureFault.BROKEN,
    "a head without a picture": PictureFault.BROKEN,
}


def redraw(content: bytes, shape: pictures.Shape = LOGO) -> bytes:
    """Return what a file becomes."""
    return pictures.draw(content, pictures.kind_of(content), shape)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("case", REFUSED.keys() - {"too large a file"})
def test_what_is_no_picture_is_refused(case: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        redraw(REFUSED[case][1])
    assert refused.value.fault == FAULTS.get(case, PictureFault.NOT_A_PICTURE)


@pytest.mark.parametrize("case", TAKEN)
def test_a_picture_is_drawn_anew(case: str) -> None:
    content = redraw(TAKEN[case][1])
    drawn = opened(content)
    assert (drawn.format, drawn.size) == ("PNG", (64, 48))
    assert HTML not in content


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    assert opened(redraw(picture(size=(3000, 1500)))).size == (512, 256)


def test_a_photo_becomes_webp() -> None:
    drawn = opened(redraw(picture("JPEG", (4000, 3000)), PHOTO))
    assert (drawn.format, drawn.size) == ("WEBP", (1200, 900))


def test_what_is_clear_stays_clear() -> None:
    assert opened(redraw(picture(mode="RGBA"))).mode == "RGBA"


def test_where_and_by_whom_it_was_taken_is_not_kept() -> None:
    content = redraw(with_metadata())
    drawn = opened(content)
    assert (dict(drawn.getexif()), drawn.info) == ({}, {})
    assert drawn.size == (40, 80)  # upright, as its metadata said
    assert b"secret" not in content
    assert b"secret" not in redraw(with_text())


def test_a_photo_keeps_no_metadata_either() -> None:
    drawn = opened(redraw(with_metadata(), PHOTO))
    assert dict(drawn.getexif()) == {}
    assert drawn.info.keys().isdisjoint({"exif", "xmp", "icc_profile"})


def test_without_the_look_at_its_head_a_bomb_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST_AREA", 10**9)
    assert opened(redraw(REFUSED["a smaller pixel bomb"][1])).size == (512, 256)


def test_usual_scans_are_no_bomb() -> None:
    assert opened(redraw(picture("JPEG", (400, 300), progressive=True))).size == (400, 300)


def test_what_does_not_fit_its_memory_has_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object, **more: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image, "open", full)
    with pytest.raises(PictureRefused) as refused:
        redraw(picture())
    assert refused.value.fault == PictureFault.TOO_MANY_PIXELS
