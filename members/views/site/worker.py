"""The service worker: it must stand at the top of the site to watch over all of its pages."""

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Load the worker's script from among the static files: a new version has a new name, so browsers take it."""
    response = HttpResponse(f'importScripts("{static("js/sw.js")}");\n', content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response
