from io import BytesIO

import pytest
from PIL import Image

from loyalty.domain import pictures
from loyalty.domain.pictures import LOGO, PHOTO, PictureFault, PictureRefused
from tests.pictures import HTML, REFUSED, TAKEN, picture, with_metadata, with_text

FAULTS = {
    "nothing": PictureFault.EMPTY,
    "too large a file": PictureFault.TOO_LARGE,
    "a pixel bomb": PictureFault.TOO_MANY_PIXELS,
    "a smaller pixel bomb": PictureFault.TOO_MANY_PIXELS,
    "a text bomb": PictureFault.BROKEN,
    "half a picture": PictureFault.BROKEN,
    "a head without a picture": PictureFault.BROKEN,
}


def redraw(content: bytes, shape: pictures.Shape = LOGO) -> tuple[str, bytes]:
    """Return name and content of what a file becomes."""
    drawn = pictures.redraw(BytesIO(content), size=len(content), shape=shape)
    return drawn.name, drawn.read()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_picture_is_refused(case: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        redraw(REFUSED[case][1])
    assert refused.value.fault == FAULTS.get(case, PictureFault.NOT_A_PICTURE)


@pytest.mark.parametrize("case", TAKEN)
def test_a_picture_is_drawn_anew(case: str) -> None:
    name, content = redraw(TAKEN[case][1])
    drawn = opened(content)
    assert (drawn.format, drawn.size, len(name), name.endswith(".png")) == ("PNG", (64, 48), 36, True)
    assert HTML not in content


def test_two_files_of_one_picture_have_two_names() -> None:
    assert redraw(picture())[0] != redraw(picture())[0]


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    assert opened(redraw(picture(size=(3000, 1500)))[1]).size == (512, 256)


def test_a_photo_becomes_webp() -> None:
    name, content = redraw(picture("JPEG", (4000, 3000)), PHOTO)
    assert (opened(content).format, opened(content).size, name.endswith(".webp")) == ("WEBP", (1200, 900), True)


def test_what_is_clear_stays_clear() -> None:
    assert opened(redraw(picture(mode="RGBA"))[1]).mode == "RGBA"


def test_where_and_by_whom_it_was_taken_is_not_kept() -> None:
    content = redraw(with_metadata())[1]
    drawn = opened(content)
    assert (dict(drawn.getexif()), drawn.info) == ({}, {})
    assert drawn.size == (40, 80)  # upright, as its metadata said
    assert b"secret" not in content
    assert b"secret" not in redraw(with_text())[1]


def test_a_photo_keeps_no_metadata_either() -> None:
    drawn = opened(redraw(with_metadata(), PHOTO)[1])
    assert dict(drawn.getexif()) == {}
    assert drawn.info.keys().isdisjoint({"exif", "xmp", "icc_profile"})


def test_without_the_look_at_its_head_a_bomb_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST_AREA", 10**9)
    assert opened(redraw(REFUSED["a smaller pixel bomb"][1])[1]).size == (512, 256)
