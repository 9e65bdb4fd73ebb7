"""Answers that stand before all others."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config import errors

RETRY_AFTER_SECONDS = 300


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
