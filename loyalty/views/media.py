"""Uploaded pictures. Nothing else of what was uploaded is ever answered with."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

TYPES = {"png": "image/png", "webp": "image/webp"}


@require_safe
def media(request: HttpRequest, folder: str, name: str) -> FileResponse:
    """Answer with a picture of our own drawing; its random name never means another one, so browsers keep it."""
    try:
        file = default_storage.open(f"{folder}/{name}")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file,
        content_type=TYPES[name.rpartition(".")[2]],
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
