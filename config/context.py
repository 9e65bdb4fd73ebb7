"""Facts about the installation that every page may show."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def site(request: HttpRequest) -> dict[str, object]:
    """Return for the layouts: the installation's mode flags and languages, the visitor's choice of light or dark."""
    theme = request.COOKIES.get("theme")
    return {
        "demo_url": reverse("local:demo") if settings.DEMO else "",
        "debug": settings.DEBUG,
        "languages": settings.LANGUAGES,
        "theme": theme if theme in ("light", "dark") else None,
    }
