"""Sheets to print: poster, table tent and the staff's crib, each with the way to join."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from loyalty.models import Role
from loyalty.queries.explain import rules_in_words
from loyalty.queries.program import live_program
from loyalty.templatetags.formats import babel_locale
from loyalty.web import BusinessRequest, page, staff_page


@require_safe
@staff_page(Role.MANAGER)
def printables(request: BusinessRequest) -> HttpResponse:
    """Show what there is to print."""
    context = {"chosen": _language(request), "join_url": _join_url(request)}
    return page(request, "loyalty/console/printables.html", context)


@require_safe
@staff_page(Role.MANAGER)
def poster(request: BusinessRequest) -> HttpResponse:
    """A poster for the door."""
    return _sheet(request, "loyalty/print/poster.html")


@require_safe
@staff_page(Role.MANAGER)
def table_tent(request: BusinessRequest) -> HttpResponse:
    """A sheet to fold for the tables."""
    return _sheet(request, "loyalty/print/table_tent.html")


@require_safe
@staff_page(Role.CASHIER)
def crib(request: BusinessRequest) -> HttpResponse:
    """How to book, in four steps, for behind the counter."""
    return _sheet(request, "loyalty/print/crib.html")


def _sheet(request: BusinessRequest, template: str) -> HttpResponse:
    """Show a sheet in the language chosen for it; the page around it speaks the same."""
    language = _language(request)
    with translation.override(language):
        program = live_program(request.business)
        context = {
            "program": program,
            "rules": rules_in_words(program, babel_locale()) if program else [],
            "join_url": _join_url(request),
            "back_url": _back(request),
            "theme": "light",  # paper is white, whatever the reader chose for the screen
        }
        return page(request, template, context)


def _back(request: BusinessRequest) -> str:
    assert request.role is not None
    name = "loyalty:print" if request.role.may(Role.MANAGER) else "loyalty:me"
    return reverse(name, kwargs={"business": request.business.slug})


def _language(request: BusinessRequest) -> str:
    """Return the language asked for, or that of the business."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else request.business.language


def _join_url(request: BusinessRequest) -> str:
    return f"{settings.BASE_URL}/{request.business.slug}/"
