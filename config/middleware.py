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
