"""When a session was last used, to the second, in a signed cookie.

Not in the session: that is stored as a whole, and a slow request that notes its use would undo what another one has
locked meanwhile. Nobody can sign a later moment than the site has seen; a cookie that is missing counts as no use.
"""

from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

KEPT_SECONDS = 60 * 60 * 12


def last_use(request: HttpRequest) -> int:
    """Return when the session was last used, in seconds of Unix time; 0 where no cookie of this session says so."""
    try:
        return int(_signer(request).unsign(request.COOKIES.get(settings.LAST_USE_COOKIE_NAME, "")))
    except (BadSignature, ValueError):
        return 0


def note(request: HttpRequest, response: HttpResponse, at: datetime) -> None:
    """Say in a response that the session was used."""
    response.set_cookie(
        settings.LAST_USE_COOKIE_NAME,
        _signer(request).sign(str(int(at.timestamp()))),
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _signer(request: HttpRequest) -> Signer:
    return Signer(salt=f"last-use:{request.session.session_key}")
