"""What every answer of the site keeps to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from loyalty.till import paired_till


class SignedInPagesAreNotStored:
    """Pages for somebody who is signed in, or of a paired till, are not kept by the browser.

    The next person at a till goes back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # What says for itself how long it is kept is not asked who it is for: it does not vary with the visitor.
        if not response.has_header("Cache-Control") and self._is_known(request):
            response["Cache-Control"] = "no-store"
        return response

    def _is_known(self, request: HttpRequest) -> bool:
        user = getattr(request, "user", None)
        return (user is not None and user.is_authenticated) or paired_till(request) is not None
