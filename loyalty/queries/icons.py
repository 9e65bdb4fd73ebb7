"""The pictures by which a business is known outside its pages."""

from django.conf import settings
from django.core.cache import cache

from loyalty.engine import app_icon
from loyalty.engine.colours import light_palette
from loyalty.models import Business

KEPT_SECONDS = 7 * 24 * 3600


def icon_version(business: Business) -> str:
    """Return what an icon is drawn from: another text is another picture."""
    return f"{business.colour}{business.logo.name if business.logo else business.name[:1]}"


def icon_of(business: Business, size: int) -> bytes:
    """Return the business's icon as a square PNG of so many pixels; drawn once, then kept in the cache."""
    key = f"app-icon:{business.pk}:{icon_version(business).encode().hex()}:{size}"
    kept = cache.get(key)
    if isinstance(kept, bytes):
        return kept
    drawn = _draw(business, size)
    cache.set(key, drawn, KEPT_SECONDS)
    return drawn


def _draw(business: Business, size: int) -> bytes:
    palette = light_palette(business.colour)
    fonts = (settings.BASE_DIR / "static" / "vendor" / "wix-madefor-display").glob("*.woff2")
    return app_icon.draw(
        size,
        name=business.name,
        ground=palette.brand,
        ink=palette.on_brand,
        fonts=sorted(str(path) for path in fonts),
        logo=_logo(business),
    )


def _logo(business: Business) -> bytes:
    try:
        with business.logo.open("rb") as file:
            return bytes(file.read())
    except (ValueError, OSError):
        # There is none, or its file is gone: the letter does.
        return b""
