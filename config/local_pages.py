"""Pages of a local installation only: the demo's log-in with one click, and the mails that did not leave the machine.

In production they do not exist: both answer 404.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_string, policy
from itertools import islice
from pathlib import Path
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from config.demo_history.people import PERSONAS
from config.demo_history.shops import CAFE_PIN
from loyalty.models import User

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail or text message that stayed on this machine."""

    at: datetime
    to: str
    subject: str
    text: str


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """Show who to log in as, and what the authenticator app of platform staff would say now."""
    _only(settings.DEMO)
    context = {"personas": PERSONAS, "authenticator_code": authenticator_code(), "pin": CAFE_PIN}
    return render(request, "local/demo.html", context)


@require_POST
def demo_login(request: HttpRequest, code: str) -> HttpResponse:
    """Log in as a persona, as its mailed code would; a second factor is still asked for."""
    _only(settings.DEMO)
    persona = next((persona for persona in PERSONAS if persona.code == code), None)
    if persona is None:
        raise Http404
    user = get_object_or_404(User, email=persona.email)
    logout(request)
    record_authentication(request, user, "code", email=user.email)
    return cast(HttpResponse, perform_login(request, user, email_verification="none", redirect_url=persona.start))


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the newest mails and text messages that a local installation kept in files."""
    _only(not settings.PRODUCTION)
    return render(request, "local/outbox.html", {"messages_kept": list(islice(_kept(), SHOWN))})


def authenticator_code() -> str:
    """Return the code that the demo's platform staff would read off their app."""
    found = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__email=PERSONAS[-1].email).first()
    if found is None:
        return ""
    counters: list[Any] = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(decrypt(found.data["secret"]), counters[len(counters) // 2])))


def _only(allowed: bool) -> None:
    if not allowed:
        raise Http404


def _kept() -> Iterator[Kept]:
    """Yield what was kept, newest first."""
    folders = (Path(settings.DATA_DIR) / "mail", Path(settings.DATA_DIR) / "sms")
    files = [file for folder in folders if folder.is_dir() for file in folder.iterdir()]
    for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        # Two mails of one second may share a file.
        kept = file.read_text(encoding="utf-8", errors="replace").split("\n" + "-" * 79)
        yield from (_read(text, at) for text in reversed(kept) if text.strip())


def _read(text: str, at: datetime) -> Kept:
    message = message_from_string(text.lstrip("\n"), policy=policy.default)
    body = message.get_body(("plain",))
    return Kept(
        at=at,
        to=str(message["To"]),
        subject=str(message["Subject"] or ""),
        text=(body.get_content() if body else text).strip(),
    )


app_name = "local"
urlpatterns = [
    path("demo/", demo, name="demo"),
    path("demo/<slug:code>/", demo_login, name="demo-login"),
    path("outbox/", outbox, name="outbox"),
]
