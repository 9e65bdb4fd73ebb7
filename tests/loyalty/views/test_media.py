from pathlib import Path
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
NAME = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """A store with a logo, a picture of a reward, an import, and things that were never pictures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "secret.png").write_bytes(b"secret")
    for name in (f"logos/{NAME}.png", f"rewards/{NAME}.webp", f"imports/{NAME}.png", "logos/page.html", f"{NAME}.png"):
        path = tmp_path / "media" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"drawn anew")
    return tmp_path


@pytest.mark.parametrize(("path", "kind"), [(f"logos/{NAME}.png", "image/png"), (f"rewards/{NAME}.webp", "image/webp")])
def test_pictures_are_public_and_kept(client: Client, path: str, kind: str) -> None:
    answer = client.get(f"/media/{path}")
    assert (answer.status_code, answer["Content-Type"], b"".join(answer.streaming_content)) == (
        200,
        kind,
        b"drawn anew",
    )
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "path",
    [
        f"imports/{NAME}.png",
        f"{NAME}.png",
        f"logos/{NAME}.webp",
        f"logos/{NAME}.PNG",
        f"logos/{NAME}.png/",
        f"logos/{NAME}.png%00.html",
        "logos/page.html",
        "logos/",
        "logos/../imports/" + NAME + ".png",
        "logos/..%2fimports%2f" + NAME + ".png",
        "logos/%2e%2e/%2e%2e/secret.png",
        "../secret.png",
        "..%2f..%2fsecret.png",
        "logos//etc/passwd",
    ],
)
def test_nothing_else_is_answered_with(client: Client, path: str) -> None:
    assert client.get(f"/media/{path}").status_code == 404


def test_pictures_are_only_read(client: Client) -> None:
    assert client.post(f"/media/logos/{NAME}.png").status_code == 405
    assert client.head(f"/media/logos/{NAME}.png").status_code == 200
