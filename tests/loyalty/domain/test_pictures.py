"""An uploaded picture is drawn by a bounded process of its own: a bomb takes nothing from whoever serves the till."""

import subprocess
from dataclasses import replace
from io import BytesIO
from time import process_time

import pytest
from PIL import Image

from loyalty.domain import pictures
from loyalty.domain.pictures import BOUNDS, MEGABYTE
from loyalty.engine.pictures import LOGO, PHOTO, PictureFault, PictureRefused, Shape
from tests.pictures import REFUSED, TAKEN, picture, scan_bomb


def redraw(content: bytes, shape: Shape = LOGO) -> tuple[str, bytes]:
    """Return name and content of what a file becomes."""
    drawn = pictures.redraw(BytesIO(content), size=len(content), shape=shape)
    return str(drawn.name), drawn.read()


def fault_of(content: bytes, kind: str = "JPEG", **bounds: int) -> PictureFault:
    with pytest.raises(PictureRefused) as refused:
        pictures.in_child(content, kind, LOGO, replace(BOUNDS, **bounds))
    return refused.value.fault


@pytest.mark.parametrize(("shape", "end", "form"), [(LOGO, ".png", "PNG"), (PHOTO, ".webp", "WEBP")])
def test_a_picture_is_drawn_anew_under_a_random_name(shape: Shape, end: str, form: str) -> None:
    name, content = redraw(TAKEN["a JPEG"][1], shape)
    drawn = Image.open(BytesIO(content))
    assert (drawn.format, drawn.size, len(name), name.endswith(end)) == (form, (64, 48), 32 + len(end), True)


def test_two_files_of_one_picture_have_two_names() -> None:
    assert redraw(picture())[0] != redraw(picture())[0]


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        ("nothing", PictureFault.EMPTY),
        ("too large a file", PictureFault.TOO_LARGE),
        ("a picture of many scans", PictureFault.TOO_SLOW),
        ("a smaller pixel bomb", PictureFault.TOO_MANY_PIXELS),
        ("half a picture", PictureFault.BROKEN),
    ],
)
def test_what_is_refused_is_refused_with_its_reason(case: str, fault: PictureFault) -> None:
    with pytest.raises(PictureRefused) as refused:
        redraw(REFUSED[case][1])
    assert refused.value.fault == fault


def test_the_largest_pictures_fit_the_bounds() -> None:
    largest = picture("WEBP", (5000, 5000), "RGBA", lossless=True)
    assert Image.open(BytesIO(redraw(largest, PHOTO)[1])).size == (1200, 1200)


def test_a_bomb_of_scans_costs_the_web_process_nothing() -> None:
    content = scan_bomb(400)
    before = process_time()
    assert fault_of(content, cpu=1, most_cpu=1) == PictureFault.TOO_SLOW
    assert process_time() - before < 0.5


def test_without_the_bound_it_is_drawn_to_its_end() -> None:
    """The twin: with more seconds the same file becomes a picture."""
    drawn = pictures.in_child(scan_bomb(40), "JPEG", LOGO, replace(BOUNDS, cpu=60, most_cpu=60, wall=120))
    assert Image.open(BytesIO(drawn)).size == (512, 512)


def test_whoever_waits_does_so_for_a_bounded_time() -> None:
    assert fault_of(scan_bomb(400), cpu=60, most_cpu=60, wall=1) == PictureFault.TOO_SLOW


def test_memory_is_bounded() -> None:
    large = picture("PNG", (5000, 5000))
    assert fault_of(large, "PNG", memory=120 * MEGABYTE) == PictureFault.TOO_MANY_PIXELS


def test_one_picture_at_a_time_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "WAIT", 0)
    with pictures._one_at_a_time:
        assert fault_of(picture("JPEG")) == PictureFault.TOO_SLOW
    assert redraw(picture("JPEG"))


def test_what_draws_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "top")
    given = dict[str, object]()

    def note(command: object, **more: object) -> subprocess.CompletedProcess[bytes]:
        given.update(more)
        return subprocess.CompletedProcess([], 0, b'{"refused": ""}\nnew', b"")

    monkeypatch.setattr(subprocess, "run", note)
    assert pictures.in_child(b"", "PNG", LOGO) == b"new"
    assert "SECRET_KEY" not in given["env"]  # type: ignore[operator]
