"""What every answer of the site keeps to."""

from collections.abc import Callable

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse

from loyalty import step_up
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


class AsksForProof:
    """What a view, ours or a package's, does only after a fresh proof waits until the proof is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Lead to the proof where one is asked for."""
        return step_up.suspend(request, exception) if isinstance(exception, ReauthenticationRequired) else None
