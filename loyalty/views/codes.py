"""How far the code is that somebody waits for: what a page with a code field asks again and again."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from loyalty import codes_sent


@never_cache
@require_safe
def code_progress(request: HttpRequest) -> HttpResponse:
    """Show how far the code is that this visitor asked for, in this browser.

    Answers 204 while that is what the page shows already: nothing is read out twice.
    """
    code = codes_sent.awaited(request)
    if code and code.progress == request.GET.get("shown"):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "loyalty/site/code_progress.html", {"code": code})
