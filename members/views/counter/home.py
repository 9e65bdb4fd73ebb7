"""The till's first page: the one field that finds everybody, and what happened lately."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from members.forms.counter import EnrolForm, FindForm
from members.queries.consent import questions
from members.queries.find import find
from members.queries.recent import recent
from members.views.counter.guard import CounterRequest, counter_page, notice_link, open_found, till_page

PAGE = "home.html"


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def home(request: CounterRequest) -> HttpResponse:
    """Show the field and the till's last acts; POST finds, so that no name ever stands in an address."""
    return _find(request) if request.method == "POST" else _home(request)


def _home(request: CounterRequest) -> HttpResponse:
    found = recent(
        request.business,
        request.actor.location,
        request.role,
        timezone.now(),
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return till_page(request, PAGE, {"recent": found})


def _find(request: CounterRequest) -> HttpResponse:
    form = FindForm(request.POST)
    if not form.is_valid():
        return till_page(request, PAGE, {"form": form}, part="found", status=422)
    text = form.cleaned_data["q"]
    if not text and not request.htmx:
        return redirect("members:counter-home", business=request.business.slug)
    found = find(request.business, text)
    if request.htmx:
        return till_page(request, PAGE, {"found": found}, part="found")
    opened = open_found(request, found)
    if opened:
        return opened
    values: dict[str, object] = {"found": found, "searched": True}
    if not found.hits:
        asked = questions(request.business, translation.get_language() or request.business.language)
        values["notice_link"] = notice_link(request)
        values["enrol_form"] = EnrolForm.of_search(found.text, business=request.business, questions=asked)
    return till_page(request, PAGE, values)
