"""Sales to people who are no members: they are the comparison."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from members.forms.counter import PurchaseForm
from members.queries.till import terms_of
from members.views.counter.guard import CounterRequest, counter_page, till_page
from members.views.counter.recording import REFUSED, Refused, record


@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def walk_in(request: CounterRequest) -> HttpResponse:
    """Record a purchase without a member."""
    terms = terms_of(request.business)
    form = PurchaseForm(request.POST if request.method == "POST" else None, business=request.business, terms=terms)
    values = {"form": form, "terms": terms}
    if not form.is_bound:
        return till_page(request, "walk_in.html", values)
    if not form.is_valid():
        return till_page(request, "walk_in.html", values, status=REFUSED)
    try:
        return record(request, form, None)
    except Refused as refused:
        return till_page(request, "walk_in.html", values | {"earlier": refused.earlier}, status=refused.status)
