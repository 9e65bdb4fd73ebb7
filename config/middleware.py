"""Answers that stand before all others."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from config import errors

RETRY_AFTER_SECONDS = 300
PAGE_METHODS = ("GET", "HEAD", "POST")


class Maintenance:
    """With MAINTENANCE set, every visitor reads that the site is being looked after; health stays readable."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.MAINTENANCE or request.path == "/health/":
            return self.get_response(request)
        response = errors.page(request, 503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response


class OnlyServedMethods:
    """GET, HEAD and POST are what pages are asked by; any other method, and one that a page does not serve, is a 405.

    A view that serves another method says so in an attribute: view.served_methods = ("PUT", ...).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = errors.page(request, 405)
        page["Allow"] = response.get("Allow", "")
        return page

    def process_view(self, request: HttpRequest, view: object, *arguments: object) -> HttpResponse | None:
        """Refuse a method that the view does not serve, before its form or its token is looked at."""
        served = getattr(view, "served_methods", PAGE_METHODS)
        return None if request.method in served else HttpResponseNotAllowed(served)


class SecretsStayHere:
    """Pages whose address holds a secret, or leads on to one: no other cache keeps them, and no other page is told it.

    With no-referrer a browser would not say where a form comes from, which the guard against forged forms asks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        has_secret = request.resolver_match is not None and "token" in request.resolver_match.kwargs
        if has_secret and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        if has_secret or "next" in request.GET:
            response["Referrer-Policy"] = "strict-origin"
        return response


class FormsAreReadFirst:
    """A posted form is read before a view acts on it: where it cannot be read the answer is 400, and nothing is done.

    Django reads a form when it is first asked for a value, which a view may do only after its domain call.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> None:
        """Read the form; raises what Django answers with 400."""
        if request.method == "POST":
            _ = request.POST
