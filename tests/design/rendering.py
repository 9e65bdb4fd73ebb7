"""Templates written in a test, rendered as a page would render them."""

import re

from django.template import engines


def render(source: str, **context: object) -> str:
    """Return what a template gives, with the white space between tags taken out."""
    shown = engines["django"].from_string(source).render(context)
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", shown)).strip()


def text(html: str) -> str:
    """Return the words of some HTML."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()
