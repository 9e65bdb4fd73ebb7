"""What every answer of the site keeps to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class SignedInPagesAreNotStored:
    """Pages for somebody who is signed in are not kept by the browser: the next person at a till goes back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response
