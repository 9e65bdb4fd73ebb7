"""Error pages, for every status the site answers with, in the look of the product."""

import sqlite3
import sys
from typing import Any, cast

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from loyalty.domain.actors import Actor
from loyalty.models import Channel
from loyalty.nav import first_page
from loyalty.web import BusinessRequest

RETRY_AFTER_SECONDS = 5
AROUND = {Channel.CONSOLE: "layouts/console.html", Channel.PORTAL: "layouts/portal.html"}


def page(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    """Render the page of an error status from templates/errors/<status>.html, or from another one of that folder.

    On a shared till it leads back to the counter. Where a guard has let the visitor into a business, a page that is
    missing or closed keeps the menu of the console, or of the business's own pages.
    """
    home = getattr(request, "till_home", "")
    context = {"home": home} if home else _inside(request)
    return render(request, f"errors/{template or status}.html", context, status=status)


def _inside(request: HttpRequest) -> dict[str, Any]:
    actor: Actor | None = getattr(request, "actor", None)
    around = AROUND.get(actor.channel) if actor else None
    if around is None:
        return {}
    entered = cast(BusinessRequest, request)
    shown = {"business": entered.business, "role": entered.role, "member": getattr(request, "member", None)}
    return {"layout": "layouts/error_inside.html", "around": around, "home": _first_page(entered), **shown}


def _first_page(request: BusinessRequest) -> str:
    """Return where somebody begins again: staff of the console at their work, others on the business's own pages."""
    slug = request.business.slug
    if request.role and request.actor.channel is Channel.CONSOLE:
        return first_page(slug, request.role.role)
    return reverse("members:dashboard" if getattr(request, "member", None) else "members:home", args=[slug])


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, the same for what does not exist and for what is not yours."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 when it will pass; without a database and without context processors: either may be broken."""
    if will_pass(sys.exception()):
        page = render_to_string("errors/busy.html")
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    return HttpResponseServerError(render_to_string("errors/500.html"))


def will_pass(error: BaseException | None) -> bool:
    """Whether the database was away, full, busy or chose this request to end a deadlock: the same may work in a moment.

    SQLite says "operational" of a table that is missing, too; that does not pass.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return getattr(error.__cause__, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form whose token has gone stale."""
    return page(request, 403, "csrf")
