"""Opening a business, and the style sheet in its colour."""

from hashlib import sha256
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_http_methods, require_safe

from loyalty.domain import businesses
from loyalty.domain.actors import Actor
from loyalty.domain.businesses import JustOpened, SlugTaken
from loyalty.engine import regions
from loyalty.engine.colours import theme_stylesheet
from loyalty.forms.businesses import RESERVED, TAKEN, OpenForm
from loyalty.looks import Look
from loyalty.models import Channel, StaffRole, User
from loyalty.models.businesses import slug_validator
from loyalty.nav import first_page, links
from loyalty.queries import access
from loyalty.queries.businesses import is_free, is_reserved, propose
from loyalty.web import SiteRequest, page

TEMPLATE = "loyalty/site/open.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def open_business(request: HttpRequest) -> HttpResponse:
    """Ask what a business is called, where it is and how it looks, and open it."""
    htmx = cast(SiteRequest, request).htmx
    if request.method == "POST":
        form = OpenForm(request.POST, request.FILES)
        return _open(request, form) if form.is_valid() else _again(request, form)
    if htmx and htmx.target in _PARTS:
        return page(request, TEMPLATE, _PARTS[htmx.target](request), part=htmx.target)
    return page(request, TEMPLATE, _filled(OpenForm(initial=_first_guess(request))))


def _open(request: HttpRequest, form: OpenForm) -> HttpResponse:
    by = Actor(Channel.CONSOLE, cast(User, request.user))
    details, called = form.details(), form.cleaned_data["called"]
    try:
        role = businesses.open_business(details=details, called=called, by=by, at=timezone.now())
    except SlugTaken:
        form.add_error("slug", TAKEN)
        return _again(request, form)
    except JustOpened as sent_twice:
        role = sent_twice.role
    messages.success(request, _("%(business)s is open. Now make it a program.") % {"business": role.business.name})
    return HttpResponseRedirect(_first_page(role))


def _again(request: HttpRequest, form: OpenForm) -> HttpResponse:
    return page(request, TEMPLATE, _filled(form, form.data), status=422)


def _filled(form: OpenForm, typed: Any = None) -> dict[str, Any]:
    return {"form": form, "look": Look.of(typed or form.initial), "proposed": ""}


def _first_page(role: StaffRole) -> str:
    """Return where the owner of a fresh business goes: to the program."""
    found = links("program-start", slug=role.business.slug, roles=[role.role], path="")
    return found[0].url if found else first_page(role.business.slug, role.role)


def _first_guess(request: HttpRequest, time_zone: str = "") -> dict[str, str]:
    """Return what the browser tells of where somebody is."""
    asked = [language for language, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    region = regions.guess(languages=asked, time_zone=time_zone)
    return {
        "country": region.country,
        "currency": region.currency,
        "time_zone": region.time_zone,
        "language": get_language() or "",
        "called": cast(User, request.user).name,
        "contact_email": cast(User, request.user).email,
        "colour": "#7a3e1d",
    }


def _address(request: HttpRequest) -> dict[str, Any]:
    """The address made of the name, as long as nobody typed another."""
    slug, proposed = request.GET.get("slug", ""), request.GET.get("proposed", "")
    if slug in ("", proposed) and request.GET.get("name", "").strip():
        slug = proposed = propose(request.GET["name"][:80])
    form = OpenForm(initial={"slug": slug})
    return {"form": form, "proposed": proposed, "slug": slug, **_answer(slug)}


def _address_answer(request: HttpRequest) -> dict[str, Any]:
    slug = request.GET.get("slug", "").strip().lower()
    return {"slug": slug, **_answer(slug)}


def _answer(slug: str) -> dict[str, Any]:
    """Return whether an address can be had; nothing while there is none."""
    try:
        slug_validator(slug)
    except ValidationError as error:
        return {"refusal": error.messages[0] if slug else ""}
    if is_reserved(slug):
        return {"refusal": RESERVED}
    return {"free": True} if is_free(slug) else {"refusal": TAKEN}


def _place(request: HttpRequest) -> dict[str, Any]:
    return {"form": OpenForm(initial=_first_guess(request, request.GET.get("zone", "")))}


def _look(request: HttpRequest) -> dict[str, Any]:
    return {"look": Look.of(request.GET)}


_PARTS = {"address": _address, "address-answer": _address_answer, "place": _place, "look": _look}


@require_safe
def theme(request: HttpRequest, business: str) -> HttpResponse:
    """Answer with the style sheet that draws pages in a business's colour."""
    return _stylesheet(request, theme_stylesheet(access.business_at(business).colour))


@require_safe
def colour(request: HttpRequest, colour: str) -> HttpResponse:
    """Answer with the style sheet of any colour, for the part of a page that shows how it would look."""
    return _stylesheet(request, theme_stylesheet(f"#{colour}", within=".look"))


def _stylesheet(request: HttpRequest, text: str) -> HttpResponse:
    """Answer with a style sheet that browsers keep for a day; the pages' links change with the colour."""
    etag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    response = HttpResponse(
        text, content_type="text/css; charset=utf-8", headers={"ETag": etag, "Cache-Control": "public, max-age=86400"}
    )
    return cast(HttpResponse, get_conditional_response(request, etag=etag, response=response))
